import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { FitExecutor, FitJob, FitTerms } from '../ml-sidecar/src/fits/fit-job.ts';
import { createThreads } from '../ml-sidecar/src/fits/threads.ts';
import { queueValues } from '../ml-sidecar/src/fleet/queue-values.fixture.ts';
import { createQueueExecutor, type QueueExecutor } from '../ml-sidecar/src/fleet/queue-executor.ts';
import { queueAddress } from '../ml-sidecar/src/fleet/queue-address.ts';
import { WEIGHT_PARTS } from '../ml-sidecar/src/stats/series.ts';
import { seededRandom } from '../ml-sidecar/src/stats/random.ts';
import { startRedis, startWorker } from '../test/end-to-end/started-parts.ts';
import type { StartedProgram } from '../test/end-to-end/started-program.ts';
import { atMost, type Bench, type BenchRow, quantileOf, shown } from './bench.ts';

const STEP = 300;
const JOBS = 200;
const BATCH = 100;
const ROUNDS = 7;
const dist = fileURLToPath(new URL('../../ml-sidecar/dist/', import.meta.url));
const clock = (): number => performance.now() / 1000;

const terms: FitTerms = {
  watch: 'w',
  forecaster: 'auto',
  step: STEP,
  steps: 291,
  bounds: [0, 1],
  levels: [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975],
};

/** Fits over Redis against fits in threads, with the real Redis, workers as processes, on loopback. */
export const fleet: Bench = {
  name: 'fleet',
  async run(say) {
    const folder = mkdtempSync(join(tmpdir(), 'presage-fleet-'));
    const redis = await startRedis(folder, { flags: ['--appendonly', 'yes'] });
    const rows: BenchRow[] = [];
    try {
      // One thread against one worker of one thread: what the way over Redis costs.
      rows.push(...(await overhead(redis, say)));
      for (const workers of [1, 2, 4]) {
        const perSecond = await throughput(redis.port, workers);
        say(`${workers} workers: ${perSecond.toFixed(0)} fits/s`);
        rows.push(
          shown(
            `fits a second with ${workers} worker${workers > 1 ? 's' : ''} of one thread, on ${availableParallelism()} cores`,
            perSecond.toFixed(0),
          ),
        );
      }
    } finally {
      await redis.stop();
      rmSync(folder, { recursive: true });
    }
    return rows;
  },
};

/**
 * The same jobs by turns in a thread and over the queue; each round gives one ratio. The bar is on processor time, of all processes that
 * take part, since what else the machine does falls on the time by the clock.
 */
async function overhead(redis: StartedProgram, say: (line: string) => void): Promise<readonly BenchRow[]> {
  const worker = await workerOf(redis.port);
  const threads = createThreads({ worker: new URL(`file://${dist}fit.worker.js`), threads: 1, clock });
  const executor = await queueOf(redis.port, 1);
  const jobs = jobsOf(JOBS);
  const used = (): number =>
    (process.cpuUsage().user + process.cpuUsage().system) / 1e6 + processorSeconds(worker) + processorSeconds(redis);
  const measured = async (one: FitExecutor) => {
    const before = used();
    const seconds = await timed(one, jobs);
    return { seconds, processor: used() - before };
  };
  const rounds: { readonly direct: Cost; readonly queued: Cost }[] = [];
  try {
    // The first round warms both up.
    for (let round = 0; round <= ROUNDS; round++) {
      const [direct, queued] = [await measured(threads), await measured(executor)];
      if (round === 0) continue;
      say(`round ${round}: ${direct.processor.toFixed(2)} s of processor in a thread, ${queued.processor.toFixed(2)} s over Redis`);
      rounds.push({ direct, queued });
    }
  } finally {
    await executor.close();
    await threads.close();
    await worker.stop();
  }
  const median = (of: (round: (typeof rounds)[number]) => number) => quantileOf(rounds.map(of), 0.5);
  const what = `${JOBS} fits over Redis in jobs of ${BATCH}, against one thread (median of ${ROUNDS} rounds in turn)`;
  return [
    atMost(
      `processor time of ${what}`,
      median(({ direct, queued }) => queued.processor / direct.processor),
      1.1,
      '×',
    ),
    shown(`time by the clock of ${what}`, `${median(({ direct, queued }) => queued.seconds / direct.seconds).toFixed(2)}×`),
    shown('one thread, fits a second', (JOBS / median(({ direct }) => direct.seconds)).toFixed(0)),
  ];
}

interface Cost {
  readonly seconds: number;
  readonly processor: number;
}

/** What a process has used so far, by /proc (proc(5): fields 14 and 15 in hundredths of a second). */
function processorSeconds({ pid }: StartedProgram): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function throughput(port: number, workers: number): Promise<number> {
  const running = await Promise.all(Array.from({ length: workers }, () => workerOf(port)));
  const executor = await queueOf(port, workers);
  try {
    // Warms every worker up.
    await timed(executor, jobsOf(workers * BATCH));
    return (2 * JOBS) / (await timed(executor, jobsOf(2 * JOBS)));
  } finally {
    await executor.close();
    for (const one of running) await one.stop();
  }
}

async function timed(executor: FitExecutor, jobs: readonly FitJob[]): Promise<number> {
  const started = clock();
  const outcomes = await executor.fit(jobs);
  const fault = outcomes.find(({ kind }) => kind !== 'fit');
  if (fault) throw new Error(`fit: got ${JSON.stringify(fault)}, want a fit`);
  return clock() - started;
}

/** A week of five-minute values each: a daily wave, noise, a level of its own. */
function jobsOf(count: number): readonly FitJob[] {
  const random = seededRandom(count);
  return Array.from({ length: count }, () => {
    const level = 0.3 + 0.3 * random();
    const values = Float32Array.from({ length: 7 * 288 }, (_, i) => level + 0.1 * Math.sin((2 * Math.PI * i) / 288) + 0.05 * random());
    return { terms, start: 1_790_000_100, values, weights: new Uint8Array(values.length).fill(WEIGHT_PARTS) };
  });
}

async function queueOf(port: number, workers: number): Promise<QueueExecutor> {
  const address = queueAddress(queueValues({ queue: `redis://127.0.0.1:${port}`, 'queue.prefix': 'bench' }), {})!;
  const none: FitExecutor = { room: 1, fit: () => Promise.reject(new Error('no worker made it')), close: async () => {} };
  const executor = createQueueExecutor({ address, own: none, clock, batch: BATCH });
  for (const started = clock(); executor.view().workers !== workers; await sleep(100))
    if (clock() - started > 60) throw new Error(`workers: got ${executor.view().workers}, want ${workers}`);
  return executor;
}

/** One of a single thread. */
const workerOf = (port: number): Promise<StartedProgram> =>
  startWorker({ flags: [`--queue=redis://127.0.0.1:${port}`, '--queue.prefix=bench'] });
