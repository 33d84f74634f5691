import { auto } from '../ml-sidecar/src/forecasters/auto.ts';
import type { Choice, Forecaster } from '../ml-sidecar/src/forecasters/forecaster.ts';
import { forecasters } from '../ml-sidecar/src/forecasters/index.ts';
import { prophet } from '../ml-sidecar/src/forecasters/prophet.ts';
import { seededRandom } from '../ml-sidecar/src/stats/random.ts';
import type { Series } from '../ml-sidecar/src/stats/series.ts';
import { SPREAD_LEVELS } from '../ml-sidecar/src/stats/spread.ts';
import { ForecastRing } from '../ml-sidecar/src/watch/forecast-ring.ts';
import { ValueRing } from '../ml-sidecar/src/watch/value-ring.ts';
import { augursRivals } from './augurs.ts';
import { learntFrom, lstmRows } from './lstm.ts';
import { atMost, shown, type Bench, type BenchRow } from './bench.ts';

const STEP = 300;
const STEPS = 288;
const SAMPLES = 2016;
const SERIES = 40;
const ROUNDS = 5;
const FAST_BAR = 1000;
const AUTO_BAR = 200;
/** How much faster than the MSTL of augurs. */
const FAST_RATIO = 100;
const AUTO_RATIO = 20;
/** How much faster than the Prophet of augurs. */
const PROPHET_RATIO = 1000;
const MEMORY_BAR = 40;

/** Fit and a day's forecast at seven quantiles, of a week of five-minute samples, against augurs in the same process. */
export const forecast: Bench = {
  name: 'forecast',
  run: async (say) => {
    const series = Array.from({ length: SERIES }, (_, seed) => weekOf(seed));
    const [mstl, stanProphet] = augursRivals().map((rival) => {
      const each = milliseconds(6, (i) => rival.run(series[i % SERIES].values, series[0].start, STEP, STEPS));
      say(`${rival.name}: ${each.toFixed(0)} ms a series`);
      return { name: rival.name, each };
    });
    const choices = series.map((one) => auto.fit(one, STEPS).choice);
    const times = forecasters.map((listed) => {
      const forecaster = learntFrom(listed, series);
      const each = best(() => milliseconds(SERIES, (i) => run(forecaster, series[i], choices[i])));
      say(`${forecaster.name}: ${each.toFixed(2)} ms a series`);
      return { name: forecaster.name, each };
    });
    const cold = best(() => milliseconds(SERIES, (i) => run(auto, series[i])));
    const [steady, ...singles] = times;
    const [ownProphet] = times.filter(({ name }) => name === prophet.name);
    const model = singles.filter(({ name }) => name !== 'seasonal-naive' && name !== 'last-value' && name !== 'drift');
    const fastest = model.reduce((a, b) => (b.each < a.each ? b : a));
    return [
      atLeast(`fastest model (${fastest.name}): series a second`, 1000 / fastest.each, FAST_BAR, ''),
      atLeast(`fastest model (${fastest.name}): times as fast as ${mstl.name}`, mstl.each / fastest.each, FAST_RATIO, '×'),
      atLeast('auto with its choice known: series a second', 1000 / steady.each, AUTO_BAR, ''),
      atLeast(`auto with its choice known: times as fast as ${mstl.name}`, mstl.each / steady.each, AUTO_RATIO, '×'),
      atLeast(`prophet: times as fast as ${stanProphet.name}`, stanProphet.each / ownProphet.each, PROPHET_RATIO, '×'),
      shown('auto, comparing anew: series a second', (1000 / cold).toFixed(0)),
      atMost('auto: memory a series of 4 weeks, with its choice', memoryOf(choices[0]), MEMORY_BAR, ' kB', 1),
      shown('and what was and is forecast for a day each, at 7 levels', `${forecastMemory().toFixed(1)} kB`),
      ...lstmRows(),
      ...[...times, mstl, stanProphet].map(({ name, each }): BenchRow => shown(name, `${(1000 / each).toFixed(0)} series a second`)),
    ];
  },
};

function run(forecaster: Forecaster, series: Series, previous?: Choice): void {
  forecaster.fit(series, STEPS, previous).forecast(STEPS, SPREAD_LEVELS);
}

/** Processor milliseconds a call. */
function milliseconds(calls: number, call: (i: number) => void): number {
  const before = process.cpuUsage();
  for (let i = 0; i < calls; i++) call(i);
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000 / calls;
}

/** Least of some rounds: what the machine does meanwhile only ever adds. */
function best(measure: () => number): number {
  return Math.min(...Array.from({ length: ROUNDS }, measure));
}

/** What one series keeps to learn from, kB: four weeks of values with their weights, and its choice as it is saved. */
function memoryOf(choice: Choice | undefined): number {
  const { values, weights } = new ValueRing(4 * 7 * STEPS, 0);
  return (values.byteLength + weights.byteLength + JSON.stringify(choice).length) / 1000;
}

/** What one series keeps beside it, kB: forecasts of the last and the next day, with the time until the next fit. */
function forecastMemory(): number {
  return new ForecastRing(SPREAD_LEVELS, STEPS, STEPS + 3).values.byteLength / 1000;
}

function atLeast(what: string, measured: number, bar: number, unit: string): BenchRow {
  return { what, wanted: `≥ ${bar}${unit}`, measured: `${measured.toFixed(0)}${unit}`, holds: measured >= bar };
}

/** A week with a daily season, wandering level, noise and now and then a burst, as load on a host has. */
function weekOf(seed: number): Series {
  const random = seededRandom(seed + 1);
  let level = 0;
  const values = Float64Array.from({ length: SAMPLES }, (_, i) => {
    level += 0.05 * (random() - 0.5) - 0.001 * level;
    const burst = random() < 0.01 ? 5 * random() : 0;
    return 20 + 5 * Math.sin((2 * Math.PI * (i + seed)) / STEPS) + 3 * level + random() + random() + burst;
  });
  return { start: 1_700_006_400, step: STEP, values };
}
