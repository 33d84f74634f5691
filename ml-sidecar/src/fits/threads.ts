import { Piscina } from 'piscina';
import { createGate } from '../prometheus/gate.ts';
import { endOfAll, faultOfAll, type FitExecutor, type FitJob, type FitOutcome } from './fit-job.ts';

export interface ThreadsOptions {
  /** The built fit.worker. */
  readonly worker: URL;
  readonly threads: number;
  /** Monotonic seconds. */
  readonly clock: () => number;
  /** Fits made by a thread in a row. Default 16: some hundred milliseconds. */
  readonly batch?: number;
  /** Seconds that a batch may take, and those that a fit may that is tried again alone. Default 60. */
  readonly timeout?: number;
  /** MiB of memory for each thread. Default 256. */
  readonly memory?: number;
  /** Jobs that may wait; more are refused. Default 10,000. */
  readonly most?: number;
}

/** Batches that wait for each thread, so that none is idle. */
const AHEAD = 2;

/**
 * Makes fits in threads, some at a time in each. A thread that hangs, crashes or runs out of memory is replaced, and each job of its
 * batch is tried once more by itself, so that one bad series does not take others with it. Jobs are copied to the thread and not
 * handed over, as they may be needed again.
 */
export function createThreads(options: ThreadsOptions): FitExecutor {
  const { worker, threads, clock, batch = 16, timeout = 60, memory = 256, most = 10_000 } = options;
  const pool = new Piscina({
    filename: worker.href,
    name: 'fitBatch',
    minThreads: 1,
    maxThreads: threads,
    concurrentTasksPerWorker: 1,
    // Idle threads end: an hour's fits of a small set-up take a second.
    idleTimeout: 60_000,
    resourceLimits: { maxOldGenerationSizeMb: memory },
    // No environment, so that secrets stay here.
    env: {},
  });
  // A thread that is lost is told by its batch; one that is lost between two batches is replaced.
  pool.on('error', () => undefined);
  const gate = createGate(threads);
  let held = 0;
  let closed = false;
  const run = async (jobs: readonly FitJob[]): Promise<readonly FitOutcome[]> => {
    const started = clock();
    try {
      return await gate(() => runWithin(pool, jobs, timeout));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (closed) return endOfAll(jobs);
      if (jobs.length === 1) return faultOfAll(jobs, `fit thread: ${why}`, clock() - started);
      return (await Promise.all(jobs.map((job) => run([job])))).flat();
    }
  };
  return {
    room: AHEAD * threads * batch,
    async fit(jobs) {
      if (closed) return endOfAll(jobs);
      if (held + jobs.length > most) return faultOfAll(jobs, `fit threads: ${held} fits wait already, want at most ${most}`);
      held += jobs.length;
      try {
        const batches = Array.from({ length: Math.ceil(jobs.length / batch) }, (_, i) => jobs.slice(i * batch, (i + 1) * batch));
        return (await Promise.all(batches.map(run))).flat();
      } finally {
        held -= jobs.length;
      }
    },
    close() {
      closed = true;
      return pool.destroy();
    },
  };
}

/** Runs a batch for which a thread is free; rejects where the thread ends, or takes longer than `seconds` and is ended for it. */
async function runWithin(pool: Piscina, jobs: readonly FitJob[], seconds: number): Promise<readonly FitOutcome[]> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), seconds * 1000);
  try {
    const outcomes: readonly FitOutcome[] = await pool.run(jobs, { signal: stop.signal });
    return outcomes;
  } catch (error) {
    if (stop.signal.aborted) throw new Error(`took more than ${seconds} s`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
