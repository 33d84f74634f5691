import { seededRandom } from '../stats/random.ts';
import type { Series } from '../stats/series.ts';
import { SPREAD_LEVELS } from '../stats/spread.ts';
import type { PluginModel } from './plugin.ts';

const STEPS = 24;

/**
 * The law of forecasters that a model breaks, in words; nothing where it obeys those that can be tried in a moment: it takes as many
 * samples as it says, bears gaps, a constant and no step of its own choosing, gives finite quantiles in order, leaves what it was given
 * as it was, and says the same twice.
 */
export async function lawBrokenBy(model: PluginModel): Promise<string | undefined> {
  const length = Math.max(14 * 24, Math.ceil(1.5 * model.minSamples));
  for (const [what, series] of Object.entries(seriesOf(length, model.minSamples))) {
    const given = series.values.slice();
    let rows: readonly ArrayLike<number>[];
    let again: readonly ArrayLike<number>[];
    try {
      rows = (await model.forecast(series, STEPS, SPREAD_LEVELS)).map((row) => Float64Array.from(row));
      again = await model.forecast({ ...series, values: given.slice() }, STEPS, SPREAD_LEVELS);
    } catch (error) {
      return `on ${what} it throws: ${error instanceof Error ? error.message : String(error)}`;
    }
    const fault = faultOf(rows);
    if (fault !== undefined) return `on ${what} it gives ${fault}`;
    if (series.values.some((value, i) => !Object.is(value, given[i]))) return `on ${what} it changes what it was given`;
    if (rows.some((row, level) => Array.from(row).some((value, h) => value !== again[level]?.[h])))
      return `on ${what} it does not say the same twice`;
  }
  return undefined;
}

function seriesOf(length: number, least: number): Readonly<Record<string, Series>> {
  const random = seededRandom(1);
  const start = 1_700_006_400;
  const daily = Float64Array.from({ length }, (_, i) => 20 + 5 * Math.sin((2 * Math.PI * i) / 24) + random());
  return {
    'a daily season': { start, step: 3600, values: daily },
    'a daily season with gaps': { start, step: 3600, values: daily.map((value, i) => (i % 11 === 3 ? NaN : value)) },
    'a constant': { start, step: 300, values: new Float64Array(length).fill(42) },
    [`as few as ${least} samples`]: { start, step: 3600, values: daily.slice(0, least) },
  };
}

function faultOf(rows: readonly ArrayLike<number>[]): string | undefined {
  if (rows.length !== SPREAD_LEVELS.length) return `${rows.length} rows for ${SPREAD_LEVELS.length} levels`;
  for (const [level, row] of rows.entries()) {
    if (row.length !== STEPS) return `${row.length} steps where ${STEPS} were asked for`;
    for (let h = 0; h < STEPS; h++) {
      if (!Number.isFinite(row[h])) return `${row[h]} at step ${h + 1}`;
      if (level > 0 && row[h] < rows[level - 1][h]) return `quantiles out of order at step ${h + 1}`;
    }
  }
  return undefined;
}
