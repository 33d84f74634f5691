import type { Forecast } from '../stats/series.ts';
import { placeOf, SPREAD_LEVELS, writeSpread } from '../stats/spread.ts';

/**
 * Steps ahead at which a model learns its spread (and its coefficients): 1, 2, 3, then each about 1.8 times the one before, up to and
 * with `farthest`. In between is interpolated.
 */
export function anchorsUpTo(farthest: number): number[] {
  const anchors: number[] = [];
  for (let h = 1; h < farthest; h = h < 3 ? h + 1 : Math.round(h * 1.8)) anchors.push(h);
  anchors.push(Math.max(1, farthest));
  return anchors;
}

/** How far reality strays from the centre of a forecast, at some steps ahead. */
export interface HorizonSpread {
  /** Steps ahead, ascending. */
  readonly anchors: readonly number[];
  /** Seven quantiles (the spread levels) of observed − centre for each anchor. */
  readonly spreads: Float64Array;
  /** By which power of h / last anchor the spread grows past the last anchor: ½ for a random walk, 0 for what stays near its centre. */
  readonly growth: number;
}

/**
 * Reduces `count` errors at the front of `errors` to row `anchor` of `spreads`, multiplied by `inflation`; centred on their
 * median where `centred`. Reorders `errors`.
 */
export function learnSpread(
  errors: Float64Array,
  count: number,
  spreads: Float64Array,
  anchor: number,
  inflation: number,
  centred: boolean,
): void {
  const width = SPREAD_LEVELS.length;
  const offset = anchor * width;
  writeSpread(errors, count, spreads, offset);
  const middle = centred ? spreads[offset + 3] : 0;
  for (let i = 0; i < width; i++) spreads[offset + i] = (spreads[offset + i] - middle) * inflation;
}

/** Where and when a forecast stands. */
export interface ForecastGrid {
  /** Time of the first column, Unix seconds. */
  readonly start: number;
  readonly step: number;
  readonly levels: readonly number[];
}

/** The forecast whose centre at step h is `centre[h - 1]` and whose quantiles lie around it as `spread` has learnt. */
export function spreadAround(grid: ForecastGrid, centre: Float64Array, spread: HorizonSpread): Forecast {
  const { start, step, levels } = grid;
  const rows = levels.map((level) => spreadRow(level, centre, spread));
  return { start, step, levels: [...levels], rows: inOrder(rows) };
}

/** Lifts each value to at least the one a level below it, in place: tails drawn from few samples may cross. */
export function inOrder(rows: Float64Array[]): Float64Array[] {
  for (let i = 1; i < rows.length; i++) {
    const lower = rows[i - 1];
    const row = rows[i];
    for (let h = 0; h < row.length; h++) if (row[h] < lower[h]) row[h] = lower[h];
  }
  return rows;
}

function spreadRow(level: number, centre: Float64Array, spread: HorizonSpread): Float64Array {
  const { anchors, spreads, growth } = spread;
  const width = SPREAD_LEVELS.length;
  const place = placeOf(level);
  const at = (anchor: number): number => {
    const i = anchor * width + place.index;
    return spreads[i] + place.share * (spreads[i + 1] - spreads[i]);
  };
  const row = new Float64Array(centre.length);
  const last = anchors.length - 1;
  let below = 0;
  for (let h = 1; h <= row.length; h++) {
    while (below < last && anchors[below + 1] <= h) below++;
    const from = anchors[below];
    let away = at(below);
    if (below === last) away *= (h / from) ** growth;
    else if (h > from) away += ((h - from) / (anchors[below + 1] - from)) * (at(below + 1) - away);
    row[h - 1] = centre[h - 1] + away;
  }
  return row;
}
