import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Detector, Scorer } from '../ml-sidecar/src/detectors/detector.ts';
import { detectors } from '../ml-sidecar/src/detectors/index.ts';
import { seededRandom } from '../ml-sidecar/src/stats/random.ts';
import { atMost, shown, type Bench, type BenchRow } from './bench.ts';

const grid = { start: 1_700_006_400, step: 60 };
/** Values scored in one round of the clock, over all series. */
const SAMPLES = 2_000_000;
const ROUNDS = 5;

/** Time to score and learn one value, series by series in turn as a stream brings them, and the memory that a series takes. */
export const scores: Bench = {
  name: 'scores',
  run: async (say) => {
    const auto = named('auto');
    const small = nanosecondsOf(auto, 1_000, SAMPLES);
    say(`auto, 1,000 series: rounds of ${ROUNDS}, ${small.map((each) => each.toFixed(0)).join(' ')} ns`);
    const large = nanosecondsOf(auto, 10_000, SAMPLES);
    say(`auto, 10,000 series: rounds of ${ROUNDS}, ${large.map((each) => each.toFixed(0)).join(' ')} ns`);
    const others = detectors.filter((detector) => detector !== auto);
    return [
      atMost('auto, score and learn a sample at 1,000 series', median(small), 500, ' ns', 0),
      atMost('auto, score and learn a sample at 10,000 series', median(large), 1500, ' ns', 0),
      atMost('auto, scoring state of a series in memory', bytesOf(auto, 10_000) / 1024, 5, ' KiB'),
      ...others.map((detector): BenchRow => {
        const nanoseconds = median(nanosecondsOf(detector, 1_000, SAMPLES / 5));
        const stateBytes = detector.start(grid).snapshot().byteLength;
        return shown(`${detector.name}, at 1,000 series`, `${nanoseconds.toFixed(0)} ns, snapshot ${(stateBytes / 1024).toFixed(1)} KiB`);
      }),
    ];
  },
};

function named(name: string): Detector {
  const found = detectors.find((detector) => detector.name === name);
  if (!found) throw new Error(`detector ${name}: not listed`);
  return found;
}

/** Nanoseconds of processor time a sample, of each round. */
function nanosecondsOf(detector: Detector, series: number, samples: number): number[] {
  const scorers = Array.from({ length: series }, () => detector.start(grid));
  const values = valuesFor(series);
  const moments = Math.max(1, Math.round(samples / series));
  pass(scorers, values, 0, 40);
  return Array.from({ length: ROUNDS }, (_, round) => {
    const before = process.cpuUsage();
    pass(scorers, values, 40 + round * moments, moments);
    const { user, system } = process.cpuUsage(before);
    return (1000 * (user + system)) / (moments * series);
  });
}

/** Enough values that no two series or moments look alike. */
function valuesFor(series: number): Float64Array {
  const next = seededRandom(series);
  return Float64Array.from({ length: series + 1009 }, () => 100 + 20 * (next() + next() + next()));
}

function pass(scorers: readonly Scorer[], values: Float64Array, from: number, moments: number): void {
  let sum = 0;
  for (let moment = from; moment < from + moments; moment++) {
    const offset = (moment * 7) % 1009;
    for (let i = 0; i < scorers.length; i++) {
      const value = values[i + offset];
      sum += scorers[i].score(value);
      scorers[i].learn(value);
    }
  }
  if (!Number.isFinite(sum)) throw new Error('a score is not finite');
}

/** Bytes that one scorer holds, by the growth of the process' own memory. */
function bytesOf(detector: Detector, series: number): number {
  const before = heldBytes();
  const scorers = Array.from({ length: series }, () => detector.start(grid));
  pass(scorers, valuesFor(series), 0, 1);
  return (heldBytes() - before) / scorers.length;
}

/** Bytes in use after everything that is not has been freed. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') for (let i = 0; i < 3; i++) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function median(values: readonly number[]): number {
  return Float64Array.from(values).sort()[values.length >> 1];
}
