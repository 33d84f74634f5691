import {
  FieldColorModeId,
  FieldConfigProperty,
  ThresholdsMode,
  type PanelOptionsEditorBuilder,
  type SetFieldConfigOptionsArgs,
} from '@grafana/data';
import { SortOrder } from '@grafana/schema';
import { TooltipDisplayMode, commonOptionsBuilder } from './grafanaPlot.ts';
import { roleChoices } from './model/roles.ts';
import { defaults, type ForecastFieldConfig, type ForecastOptions } from './options.ts';

/** The panel's options in Grafana's editor, each with its default. */
export function addOptions(builder: PanelOptionsEditorBuilder<ForecastOptions>): void {
  addForecast(builder);
  addFindings(builder);
  commonOptionsBuilder.addTooltipOptions(builder, false, false, { tooltip: { mode: TooltipDisplayMode.Multi, sort: SortOrder.None } });
  commonOptionsBuilder.addLegendOptions(builder);
}

/** The options of fields: Grafana's own, an axis, a line width, and the role of a field whose name the panel does not know. */
export const fieldConfig: SetFieldConfigOptionsArgs<ForecastFieldConfig> = {
  standardOptions: {
    [FieldConfigProperty.Color]: { settings: { byValueSupport: false }, defaultValue: { mode: FieldColorModeId.PaletteClassic } },
    // Grafana's default of 80 would be a limit that nobody set.
    [FieldConfigProperty.Thresholds]: { defaultValue: { mode: ThresholdsMode.Absolute, steps: [{ value: -Infinity, color: 'green' }] } },
    [FieldConfigProperty.Mappings]: {},
  },
  useCustomConfig: (builder) => {
    builder
      .addSelect({
        path: 'role',
        name: 'Role',
        description: 'What a field is to the forecast, where its name and labels do not tell',
        defaultValue: 'auto',
        settings: { options: roleChoices.map((value) => ({ value, label: roleNames[value] })) },
      })
      .addNumberInput({
        path: 'lineWidth',
        name: 'Line width',
        description: '1.5 pixels, or 1 where more than eight series share a plot, unless set here',
        settings: { placeholder: 'automatic', min: 0.5, max: 6, step: 0.5 },
      });
    commonOptionsBuilder.addAxisConfig(builder, {});
    commonOptionsBuilder.addHideFrom(builder);
  },
};

const roleNames = {
  auto: 'By name and labels',
  actual: 'History',
  median: 'Forecast, median',
  lower: 'Forecast, lower edge',
  upper: 'Forecast, upper edge',
  score: 'Anomaly score',
  limit: 'Limit',
  ignore: 'Not drawn',
} as const;

function addForecast(builder: PanelOptionsEditorBuilder<ForecastOptions>): void {
  const category = ['Forecast'];
  builder
    .addMultiSelect<unknown, { options: { value: unknown; label: string }[] }>({
      path: 'bands',
      name: 'Bands',
      description: 'Shares of samples that a band promises to hold',
      category,
      defaultValue: [...defaults.bands],
      settings: { options: defaults.bands.map((value) => ({ value, label: `${value} %` })) },
    })
    .addBooleanSwitch({
      path: 'showPast',
      name: 'What was expected',
      description: 'Bands and median before now, to see how well the forecast went',
      category,
      defaultValue: defaults.showPast,
    })
    .addBooleanSwitch({ path: 'showNow', name: 'Now line', category, defaultValue: defaults.showNow })
    .addRadio({
      path: 'layout',
      name: 'Layout',
      category,
      defaultValue: defaults.layout,
      settings: {
        options: [
          { value: 'overlay', label: 'One chart' },
          { value: 'multiples', label: 'A chart a series' },
        ],
      },
    });
}

function addFindings(builder: PanelOptionsEditorBuilder<ForecastOptions>): void {
  const category = ['Anomalies and limits'];
  builder
    .addBooleanSwitch({ path: 'showAnomalies', name: 'Anomalies', category, defaultValue: defaults.showAnomalies })
    .addNumberInput({
      path: 'anomalyThreshold',
      name: 'Anomalous above',
      description: 'Scores mean the same on every series: above 1 is anomalous',
      category,
      defaultValue: defaults.anomalyThreshold,
      settings: { min: 0, step: 0.1 },
      showIf: (options) => options.showAnomalies,
    })
    .addBooleanSwitch({
      path: 'showLimits',
      name: 'Thresholds are limits',
      description: 'Draws the thresholds of a field and looks for the time the forecast passes them',
      category,
      defaultValue: defaults.showLimits,
    })
    .addRadio({
      path: 'limitSide',
      name: 'It hurts',
      category,
      defaultValue: defaults.limitSide,
      settings: {
        options: [
          { value: 'above', label: 'Above the limit' },
          { value: 'below', label: 'Below the limit' },
        ],
      },
      showIf: (options) => options.showLimits,
    })
    .addBooleanSwitch({ path: 'showHeadline', name: 'Breach in words', category, defaultValue: defaults.showHeadline });
}
