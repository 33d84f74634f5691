import { ThresholdsMode, type DataTransformerConfig, type FieldConfig, type Panel } from '@grafana/schema';

/** One query of a panel to the stock Prometheus data source. */
export interface Target {
  readonly expr: string;
  /** How a series is called; without it, by its labels. */
  readonly legend?: string;
  /** The smallest step. */
  readonly step?: string;
}

/** A panel before it has its place; `width` in 24ths of the dashboard, `height` in rows of 38 pixels. */
export interface Sized {
  readonly width: number;
  readonly height: number;
  readonly panel: Omit<Panel, 'gridPos' | 'id'>;
}

/** What every panel says of itself. */
export interface Subject {
  readonly title: string;
  /** What a reader learns from it. */
  readonly description: string;
  readonly targets: readonly Target[];
  readonly width: number;
  readonly height: number;
  readonly unit?: string;
  readonly defaults?: FieldConfig;
}

/** The data source that the dashboard's variable chooses. */
export const source = { type: 'prometheus', uid: '${datasource}' };

/** Green below `bad`, red from it on; the other way round where `bad` is `below`. */
export function limit(bad: number, side: 'above' | 'below' = 'above'): FieldConfig {
  const [base, beyond] = side === 'above' ? (['green', 'red'] as const) : (['red', 'green'] as const);
  const steps = [
    { value: null, color: base },
    { value: bad, color: beyond },
  ];
  return { thresholds: { mode: ThresholdsMode.Absolute, steps } };
}

/** Past and future of one watch by the panel of this plugin. */
export function forecast(subject: Subject): Sized {
  return sized(subject, 'presage-forecast-panel', 'range', {
    legend: { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] },
    tooltip: { mode: 'multi', sort: 'none' },
  });
}

/** Lines over time by Grafana's own panel. */
export function lines(subject: Subject): Sized {
  const custom = {
    lineWidth: 1,
    fillOpacity: 0,
    showPoints: 'never',
    thresholdsStyle: { mode: subject.defaults?.thresholds ? 'line' : 'off' },
  };
  return sized({ ...subject, defaults: { ...subject.defaults, custom } }, 'timeseries', 'range', {
    legend: { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] },
    tooltip: { mode: 'multi', sort: 'desc' },
  });
}

/** One figure a query, as it is now. */
export function figure(subject: Subject): Sized {
  return sized(subject, 'stat', 'instant', {
    reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    colorMode: subject.defaults?.thresholds ? 'value' : 'none',
    graphMode: 'none',
    justifyMode: 'auto',
    textMode: 'auto',
  });
}

/** A column of a table: the label, or `Value #A` for the value of the first query, and what it is called. */
export interface Column {
  readonly field: string;
  readonly title: string;
  readonly unit?: string;
  readonly config?: FieldConfig;
}

/** The newest values as a table, one row for each set of labels, the rows in the order of the first column named in `sort`. */
export function table(subject: Subject & { readonly columns: readonly Column[]; readonly sort: { field: string; desc: boolean } }): Sized {
  const { columns, sort } = subject;
  const titleOf = (field: string): string => columns.find((column) => column.field === field)?.title ?? field;
  const { panel, ...size } = sized(subject, 'table', 'instant', {
    showHeader: true,
    cellHeight: 'sm',
    sortBy: [{ displayName: titleOf(sort.field), desc: sort.desc }],
  });
  const overrides = columns.flatMap(({ title, unit, config }) => {
    const properties = Object.entries({ ...(unit !== undefined && { unit }), ...config }).map(([id, value]) => ({ id, value }));
    return properties.length === 0 ? [] : [{ matcher: { id: 'byName', options: title }, properties }];
  });
  return {
    ...size,
    panel: { ...panel, fieldConfig: { defaults: { ...subject.defaults }, overrides }, transformations: [...columnsOnly(columns)] },
  };
}

function columnsOnly(columns: readonly Column[]): readonly DataTransformerConfig[] {
  return [
    { id: 'merge', options: {} },
    { id: 'filterFieldsByName', options: { include: { names: columns.map(({ field }) => field) } } },
    {
      id: 'organize',
      options: {
        indexByName: Object.fromEntries(columns.map(({ field }, index) => [field, index])),
        renameByName: Object.fromEntries(columns.map(({ field, title }) => [field, title])),
      },
    },
  ];
}

function sized(subject: Subject, type: string, mode: 'instant' | 'range', options: Record<string, unknown>): Sized {
  const { title, description, width, height, unit, defaults } = subject;
  const fieldConfig = { defaults: { ...(unit !== undefined && { unit }), ...defaults }, overrides: [] };
  const targets = subject.targets.map((target, index) => targetOf(target, index, type, mode));
  return { width, height, panel: { title, description, type, datasource: source, targets, fieldConfig, options } };
}

function targetOf({ expr, legend, step }: Target, index: number, type: string, mode: 'instant' | 'range'): Record<string, unknown> {
  return {
    refId: String.fromCodePoint(65 + index),
    datasource: source,
    expr,
    legendFormat: legend ?? '__auto',
    format: type === 'table' ? 'table' : 'time_series',
    instant: mode === 'instant',
    range: mode === 'range',
    ...(step !== undefined && { interval: step }),
  };
}
