import { expect, it } from 'vitest';
import type { Forecaster } from '../forecasters/forecaster.ts';
import type { Series } from '../stats/series.ts';
import type { EntityColumns, ForecastTask } from './data-folder.ts';
import { contextOf, evaluateForecast } from './forecast.ts';

const task: ForecastTask = { step: 300, gridStart: 0, context: 1200, steps: 3, origins: [2400] };

function columns(rows: readonly (readonly [number, number])[]): EntityColumns {
  return { times: Float64Array.from(rows, ([time]) => time), columns: new Map([['value', Float64Array.from(rows, ([, value]) => value)]]) };
}

it('averages the rows of each step up to its end, and leaves a step without rows as a gap', () => {
  const read = columns([
    [1210, 1],
    [1500, 3],
    [1501, 10],
    [1800, 20],
    [2400, 7],
  ]);
  expect(contextOf(read, 'value', task, 2400)).toEqual({ start: 1500, step: 300, values: Float64Array.of(2, 15, NaN, 7) });
});

it('sees neither what comes after the origin nor what is as old as the context', () => {
  const read = columns([
    [1200, 99],
    [1500, 1],
    [2400, 4],
    [2401, 99],
    [2700, 99],
  ]);
  expect(contextOf(read, 'value', task, 2400).values).toEqual(Float64Array.of(1, NaN, NaN, 4));
});

it('gives each origin its own context, on which the forecast stands', () => {
  const seen: Series[] = [];
  const spy: Forecaster = {
    name: 'spy',
    minSamples: 1,
    equivariant: { scale: true, shift: true },
    fit(series) {
      seen.push({ ...series, values: series.values.slice() });
      const start = series.start + series.values.length * series.step;
      return {
        forecast: (steps, levels) => ({ start, step: series.step, levels, rows: levels.map(() => new Float64Array(steps).fill(5)) }),
      };
    },
  };
  const read = columns(Array.from({ length: 20 }, (_, i) => [300 * (i + 1), i]));
  const metric = { name: 'value', kind: 'cpu', constant: false, forecast: { ...task, origins: [2400, 4800] } };
  const folder = { entities: [{ id: 'one', file: '', layout: 'single' as const, step: 300, metrics: [metric] }], readEntity: () => read };
  const rows = [...evaluateForecast(folder, spy)];
  expect(rows.map(({ id, origin }) => [id, origin])).toEqual([
    ['one', 2400],
    ['one', 4800],
  ]);
  expect(rows[0].q['0.9']).toEqual([5, 5, 5]);
  const whole = seen.filter((series) => series.values.length === 4);
  expect(whole.map((series) => series.values[3])).toEqual([7, 15]);
});
