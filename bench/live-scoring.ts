import { setImmediate } from 'node:timers/promises';
import { silentLogger } from '@presage/service/log.ts';
import { createLiveFeed } from '../ml-sidecar/src/app/live-feed.ts';
import { createLiveIntake, type LiveIntake } from '../ml-sidecar/src/app/live-intake.ts';
import { shapeOf } from '../ml-sidecar/src/app/shape.ts';
import type { WatchSettings } from '../ml-sidecar/src/configuration/configuration.ts';
import { parseSelector } from '../ml-sidecar/src/prometheus/selector.ts';
import { LiveWatch } from '../ml-sidecar/src/watch/live-watch.ts';
import { Watch } from '../ml-sidecar/src/watch/watch.ts';
import { atLeast, type BenchRow, shown } from './bench.ts';
import { interleaved } from './interleave.ts';
import { makeWriteBodies } from './write-bodies.ts';

const ROUNDS = 9;
const START = 1_790_000_000;
const STEP = 15;
/** Values that each series has had before it is measured; too few for a first fit of the grid, which is not measured here. */
export const WARM_UP = 60;
const expr = '{job="kubernetes-nodes"}';

const settings: WatchSettings = {
  name: 'bench',
  expr,
  step: 300,
  resolution: STEP,
  live: true,
  history: 86_400,
  horizon: 3600,
  refit: 3600,
  delay: 0,
  bounds: [-Infinity, Infinity],
  limits: [],
  forecaster: 'auto',
  detector: 'auto',
  seriesLimit: 1_000_000,
};

/** The whole way of a live sample, from the body to the score, with every sample learned: what `presage run` does with it. */
export async function scoringRows(series: number): Promise<readonly BenchRow[]> {
  let scored = 0;
  const { intake, watch } = await startIntake(() => scored++);
  const scrapes = Math.ceil(40_000 / series);
  // Time goes on from round to round: a sample counts once.
  for (let scrape = 0; scrape < WARM_UP; scrape += 10)
    makeWriteBodies(series, 10, START + scrape * STEP, STEP).bodies.forEach((body) => post(intake, body));
  const rounds = Array.from({ length: ROUNDS + 2 }, (_, round) =>
    makeWriteBodies(series, scrapes, START + (WARM_UP + round * scrapes) * STEP, STEP),
  );
  rounds[0].bodies.forEach((body) => post(intake, body));
  let round = 0;
  scored = 0;
  const [seconds] = interleaved(ROUNDS, [() => rounds[++round].bodies.forEach((body) => post(intake, body))]);
  const samples = series * scrapes;
  if (scored !== samples * (ROUNDS + 1) || watch.series.size !== series)
    throw new Error(`${scored} samples of ${watch.series.size} series scored`);
  const rate = samples / seconds;
  return [
    atLeast(`receive, score and learn, ${series} series`, rate, 300_000, ' samples/s', 0),
    shown(`the same for one sample, ${series} series`, `${(1e9 / rate).toFixed(0)} ns`),
  ];
}

async function startIntake(onScored: () => void): Promise<{ readonly intake: LiveIntake; readonly watch: Watch }> {
  const watch = new Watch(settings, shapeOf(settings, { quantiles: [0.1, 0.5, 0.9], horizons: [3600] }));
  const live = new LiveWatch(watch, { clock: () => 0, onScored });
  const selector = parseSelector(expr)!;
  const limits = { samplesPerSecond: 1e12, burstSamples: 1e12 };
  const intake = createLiveIntake({ now: () => START * 2, seed: 1, externalLabels: () => ({}), limits });
  const feed = createLiveFeed({
    live,
    source: { selector, recorded: false },
    // A source that has no history.
    client: { readSamples: async () => [], queryRange: async () => [], query: async () => [] },
    log: silentLogger,
    now: () => START - 1,
    pause: () => setImmediate(),
    sleep: async () => {},
    signal: new AbortController().signal,
    externalLabels: async () => ({}),
    onRoom: () => intake.consume(),
    onGap: () => {},
  });
  intake.add(feed, selector);
  await feed.catchUp();
  return { intake, watch };
}

function post({ receiver }: LiveIntake, body: Uint8Array): void {
  const { status, message } = receiver.receive({ body, contentType: 'application/x-protobuf', contentEncoding: 'snappy', sender: 'bench' });
  if (status !== 204) throw new Error(`receiver: ${status} ${message}`);
}
