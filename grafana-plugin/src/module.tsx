import { PanelPlugin } from '@grafana/data';
import { addOptions, fieldConfig } from './editor.ts';
import { ForecastPanel } from './ForecastPanel.tsx';
import { changeFrom, migrate } from './migration.ts';
import type { ForecastFieldConfig, ForecastOptions } from './options.ts';
import { suggestions } from './suggestions.ts';

/** What Grafana loads. */
export const plugin = new PanelPlugin<ForecastOptions, ForecastFieldConfig>(ForecastPanel)
  .useFieldConfig(fieldConfig)
  .setPanelOptions(addOptions)
  .setMigrationHandler(migrate)
  .setPanelChangeHandler(changeFrom)
  .setSuggestionsSupplier(suggestions);
