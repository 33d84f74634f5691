import { reduceField, fieldReducers, type DataFrame, type DisplayValue, type Field } from '@grafana/data';
import type { VizLegendItem } from './grafanaPlot.ts';
import { firstBreach, type SeriesView } from './model/readModel.ts';
import { lastValid } from './model/track.ts';

/** Legend entries, one a series: the calculations of the history that the reader chose, the forecast's end, the first breach. */
export function legendItems(
  series: readonly SeriesView[],
  frames: readonly DataFrame[],
  calcs: readonly string[],
  clock: (time: number) => string,
): VizLegendItem[] {
  return series.map((one) => {
    const field = frames[one.lead.frame]!.fields[one.lead.field]!;
    return {
      label: one.title,
      fieldName: one.lead.title,
      color: one.color,
      yAxis: 1,
      disabled: one.lead.hidden,
      getItemKey: () => one.id,
      getDisplayValues: () => displayValues(one, field, calcs, clock),
      lineStyle: { fill: 'solid' },
    };
  });
}

function displayValues(series: SeriesView, field: Field, calcs: readonly string[], clock: (time: number) => string): DisplayValue[] {
  const history: Field = {
    ...field,
    values: Array.from(series.actual.values, (value) => (Number.isNaN(value) ? null : value)),
    state: undefined,
  };
  const reduced = calcs.length === 0 ? {} : reduceField({ field: history, reducers: [...calcs] });
  const values = calcs.map((calc) => ({
    ...display(field, Number(reduced[calc] ?? NaN)),
    title: fieldReducers.getIfExists(calc)?.name ?? calc,
  }));
  const end = lastValid(series.median);
  if (end >= 0) values.push({ ...display(field, series.median.values[end]!), title: 'Forecast' });
  const breach = firstBreach(series);
  if (breach !== null) {
    const at = breach.median ?? breach.from;
    const text = breach.passed ? 'passed' : at === null ? '' : clock(at);
    values.push({ numeric: at ?? NaN, text, title: breach.limit.name });
  }
  return values;
}

function display(field: Field, value: number): DisplayValue {
  return field.display ? field.display(value) : { numeric: value, text: String(value) };
}
