import { copyLearnable, requireSamples } from '../../stats/learnable.ts';
import { seededRandom } from '../../stats/random.ts';
import { seasonsOf } from '../../stats/seasons.ts';
import type { Series } from '../../stats/series.ts';
import { originOf } from '../../stats/series.ts';
import { SPREAD_LEVELS } from '../../stats/spread.ts';
import { createWorkspace } from '../../stats/workspace.ts';
import { causalViewOf } from '../causal-view.ts';
import type { FittedForecaster, Knowledge, WatchForecaster } from '../forecaster.ts';
import { inLocalTime, onLocalGrid } from '../local-time.ts';
import { alongPath } from '../path.ts';
import { seasonalNaive } from '../seasonal-naive.ts';
import { createNetwork, WEIGHTS } from './network.ts';
import type { Network } from './network.ts';
import { WINDOW } from './sizes.ts';
import { layoutOf, OLD, shiftLevel, writeRows, writeWindow } from './windows.ts';

/** Windows a step of Adam, from how many series they are taken at a time, and how many of each. */
const BATCH = 32;
const SERIES = 16;
const WINDOWS = 32;
/** Steps of Adam before the network is asked; as many are made at once when there is history to learn from. */
const READY_STEPS = 1024;
/** Steps of Adam that one `learn` makes after that, for each second of the series' own step, and at most. */
const STEPS_A_SECOND = 0.2;
const MOST_STEPS = 64;
/** Pace of learning at first and in the end. */
const FIRST_RATE = 3e-3;
const LAST_RATE = 2e-4;
/** Days of samples that a window needs before its origin for a profile worth its name. */
const DAYS = 3;
const SEED = 20_011;
/** Share of windows that are made to show a new level, which real ones rarely do, and the largest of these, in deviations. */
const SHIFTED = 0.15;
const LARGEST_SHIFT = 40;

const known = createWorkspace();

/** The network of one watch, at first untrained: then it forecasts as seasonal naive does. */
export function createShared(): WatchForecaster {
  let network = createNetwork(SEED);
  const windows = new Float32Array(SERIES * WINDOWS * WINDOW);
  const forecaster = inLocalTime({
    name: 'lstm',
    minSamples: seasonalNaive.minSamples,
    equivariant: { scale: true, shift: false },
    fit: (series, horizonSteps) => fitBy(network, windows, series) ?? seasonalNaive.fit(series, horizonSteps),
  });
  return {
    ...forecaster,
    get status() {
      return network.steps < READY_STEPS ? `untrained, ${network.steps} of ${READY_STEPS} steps` : `trained, ${network.steps} steps`;
    },
    *learn(series) {
      const until = endOf(network, series);
      while (network.steps < until) {
        const count = yield* gather(series, network.steps, windows);
        if (count < BATCH) return;
        yield* study(network, windows, count);
        if (!network.weights.every(Number.isFinite)) network = createNetwork(SEED);
      }
    },
    snapshot: () => ({
      model: `lstm 1, ${WEIGHTS} weights`,
      steps: network.steps,
      columns: [network.weights, network.momentum, network.variance],
    }),
    restore(knowledge) {
      if (!fits(knowledge, this.snapshot())) return false;
      [network.weights, network.momentum, network.variance].forEach((column, i) => column.set(knowledge.columns[i]));
      network.steps = knowledge.steps;
      return true;
    },
  };
}

/** Forecast of a trained network; nothing where it is not trained or the series is too short for it. */
function fitBy(network: Network, window: Float32Array, series: Series): FittedForecaster | undefined {
  const { step } = series;
  const samples = copyLearnable(series, known.take(series.values.length));
  requireSamples('lstm', samples, seasonalNaive.minSamples);
  const { day } = seasonsOf(step);
  if (network.steps < READY_STEPS || day === 0 || samples < DAYS * day) return undefined;
  const layout = layoutOf(day);
  const view = causalViewOf(series, day);
  if (view.count < Math.max(day, layout.reach)) return undefined;
  const steps = layout.leads[layout.leads.length - 1];
  const rows = new Float64Array(SPREAD_LEVELS.length * steps);
  const standing = writeWindow(view, layout, view.count - 1, window, 0);
  writeRows(view, layout, view.count - 1, standing, network.infer(window, 0), rows);
  return alongPath({ start: originOf(series) + step, step, steps, rows, day });
}

/** How many steps of Adam the network shall have made after this `learn`. */
function endOf(network: Network, series: readonly (() => Series)[]): number {
  if (network.steps < READY_STEPS || series.length === 0) return READY_STEPS;
  return network.steps + Math.max(1, Math.min(MOST_STEPS, Math.round(STEPS_A_SECOND * series[0]().step)));
}

/** Takes windows at random from some series taken at random, shuffled; gives how many. Yields after each series. */
function* gather(series: readonly (() => Series)[], seed: number, into: Float32Array): Generator<void, number> {
  const random = seededRandom(seed);
  let count = 0;
  for (let taken = 0; taken < SERIES && series.length > 0; taken++) {
    const one = onLocalGrid(series[Math.floor(random() * series.length)]());
    const { day } = seasonsOf(one.step);
    const layout = layoutOf(Math.max(1, day));
    const first = Math.max(DAYS * day, layout.reach);
    const origins = one.values.length - 1 - first;
    if (day === 0 || origins < 1 || copyLearnable(one, known.take(one.values.length)) < DAYS * day) continue;
    const view = causalViewOf(one, day);
    for (let w = 0; w < WINDOWS; w++, count++) {
      writeWindow(view, layout, first + Math.floor(random() * origins), into, count * WINDOW);
      if (random() < SHIFTED)
        shiftLevel(into, count * WINDOW, Math.floor(random() * (OLD + 1)), (random() < 0.5 ? -1 : 1) * LARGEST_SHIFT ** random());
    }
    yield;
  }
  for (let i = count - 1; i > 0; i--) swap(into, i, Math.floor(random() * (i + 1)));
  return count;
}

function swap(windows: Float32Array, i: number, j: number): void {
  const kept = windows.slice(i * WINDOW, (i + 1) * WINDOW);
  windows.copyWithin(i * WINDOW, j * WINDOW, (j + 1) * WINDOW);
  windows.set(kept, j * WINDOW);
}

/** Learns from each window once. Yields after each step of Adam, about 3 ms. */
function* study(network: Network, windows: Float32Array, count: number): Generator<void> {
  for (let first = 0; first + BATCH <= count; first += BATCH) {
    for (let w = first; w < first + BATCH; w++) network.study(windows, w * WINDOW);
    network.update(Math.max(LAST_RATE, FIRST_RATE / Math.sqrt(1 + network.steps / 100)), BATCH);
    yield;
  }
}

function fits(knowledge: Knowledge, own: Knowledge): boolean {
  const { model, columns } = knowledge;
  return (
    model === own.model &&
    columns.length === own.columns.length &&
    columns.every((column) => column.length === WEIGHTS && column.every(Number.isFinite))
  );
}
