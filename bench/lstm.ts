import type { Forecaster } from '../ml-sidecar/src/forecasters/forecaster.ts';
import { createNetwork } from '../ml-sidecar/src/forecasters/lstm/network.ts';
import { WINDOW } from '../ml-sidecar/src/forecasters/lstm/sizes.ts';
import { seededRandom } from '../ml-sidecar/src/stats/random.ts';
import type { Series } from '../ml-sidecar/src/stats/series.ts';
import { atMost, type BenchRow } from './bench.ts';

const WINDOWS = 512;
const BATCH = 32;
const ROUNDS = 7;
const TRAINING_BAR = 100;
const INFERENCE_BAR = 50;

/** Processor time of the network of `lstm` for a window of 48 steps → 24 leads at 32 hidden units, Adam included. */
export function lstmRows(): readonly BenchRow[] {
  const network = createNetwork(1);
  const random = seededRandom(2);
  const windows = Float32Array.from({ length: WINDOWS * WINDOW }, () => 2 * random() - 1);
  const training = best(() => {
    for (let w = 0; w < WINDOWS; w++) {
      network.study(windows, w * WINDOW);
      if (w % BATCH === BATCH - 1) network.update(1e-3, BATCH);
    }
  });
  const inference = best(() => {
    for (let w = 0; w < WINDOWS; w++) network.infer(windows, w * WINDOW);
  });
  return [
    atMost('lstm: training, a window of 48 → 24 at 32 hidden units', training, TRAINING_BAR, ' µs', 0),
    atMost('lstm: inference, such a window', inference, INFERENCE_BAR, ' µs', 0),
  ];
}

/** A model of all series of a watch after it has learnt from `series`; others as they are. */
export function learntFrom(forecaster: Forecaster, series: readonly Series[]): Forecaster {
  const shared = forecaster.forWatch?.();
  if (!shared) return forecaster;
  for (const _ of shared.learn(series.map((one) => () => one)));
  return shared;
}

/** Least of some rounds, microseconds of processor time a window. */
function best(round: () => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    round();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / WINDOWS;
  });
  return Math.min(...times);
}
