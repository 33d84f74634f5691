import { FieldType, type DataFrame } from '@grafana/data';
import { metricName, recognise } from './model/roles.ts';

interface Suggestion {
  readonly name: string;
  readonly score: number;
}

/** Whether frames hold anything that only this panel draws. */
export function holdsForecast(frames: readonly DataFrame[]): boolean {
  return frames.some((frame) =>
    frame.fields.some(
      (field) =>
        field.type === FieldType.number && recognise(metricName(field.name, field.labels ?? {}), field.labels ?? {}).kind !== 'actual',
    ),
  );
}

/**
 * Suggests the panel for forecasts, and for nothing else. Grafana 13 calls the supplier with a summary, 11 and 12 call its method
 * with a builder; one value serves both.
 */
export const suggestions = Object.assign(
  (summary: { rawFrames?: DataFrame[] }): Suggestion[] => (holdsForecast(summary.rawFrames ?? []) ? [suggestion] : []),
  {
    getSuggestionsForData(builder: {
      data?: { series: DataFrame[] };
      getListAppender(base: object): { append(one: Suggestion): void };
    }): void {
      if (!holdsForecast(builder.data?.series ?? [])) return;
      builder.getListAppender({ name: suggestion.name, pluginId: 'presage-forecast-panel', options: {} }).append(suggestion);
    },
  },
);

const suggestion: Suggestion = { name: 'Forecast', score: 100 };
