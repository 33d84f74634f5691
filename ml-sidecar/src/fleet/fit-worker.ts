import { UnrecoverableError, Worker } from 'bullmq';
import type { FitExecutor } from '../fits/fit-job.ts';
import { FitBlobError, jobsOfBlob, outcomesAsBlob } from './fit-blob.ts';
import { fitQueueName, type FitTicket } from './fit-ticket.ts';
import { connect, type QueueAddress } from './queue-address.ts';

export interface FitWorkerOptions {
  readonly address: QueueAddress;
  /** Makes the fits, in threads, so that locks are renewed meanwhile. */
  readonly executor: FitExecutor;
  /** Batches under way at once. Default 2: while one is fetched or sent back, the other is worked on. */
  readonly concurrency?: number;
  /** Told of each batch: how many fits, and how many seconds it took. */
  readonly onBatch?: (fits: number, faults: number, seconds: number) => void;
  /** Told of what goes wrong with a batch or with Redis. */
  readonly onError?: (error: Error) => void;
  /** Told when Redis answers, at first and after each fault. */
  readonly onReady?: () => void;
  /** Told of each batch that was taken from a worker which is gone or hangs, and put back into the queue. */
  readonly onPutBack?: (id: string) => void;
  /** Monotonic seconds. */
  readonly clock: () => number;
}

/** Takes batches of fits from the queue. */
export interface FitWorker {
  /** Whether Redis can be reached. */
  readonly connected: () => boolean;
  /** Finishes what is under way, and takes nothing more. */
  close(): Promise<void>;
}

/** A lock is renewed at half this time; a worker that was killed is noticed after it, and its batch given to another one. */
const lockMs = 5000;
const stalledMs = 2000;
/** How often a batch may be under the hands of a worker that dies, before it is given up: it may be what kills them. */
const mostStalls = 2;

/** A worker that takes batches until it is closed. */
export function startFitWorker(options: FitWorkerOptions): FitWorker {
  const { address, executor, concurrency = 2, clock, onBatch } = options;
  const onError = (error: Error): void => options.onError?.(error);
  const redis = connect(address, {}, onError);
  redis.on('ready', () => options.onReady?.());
  const worker = new Worker<FitTicket>(
    fitQueueName,
    async ({ id = '', data }) => {
      const started = clock();
      const blob = await redis.getBuffer(data.payload);
      if (blob === null) throw new UnrecoverableError(`job ${id}: its payload has expired`);
      const outcomes = await executor.fit(readJobs(blob));
      if (outcomes.some(({ kind }) => kind === 'ended')) throw new Error('the worker was stopped');
      const { outcome, reply, ttlMs } = data;
      await redis.multi().set(outcome, outcomesAsBlob(outcomes), 'PX', ttlMs).rpush(reply, id).pexpire(reply, ttlMs).exec();
      onBatch?.(outcomes.length, outcomes.filter(({ kind }) => kind === 'fault').length, clock() - started);
    },
    {
      connection: redis,
      prefix: address.prefix,
      skipVersionCheck: true,
      concurrency,
      lockDuration: lockMs,
      stalledInterval: stalledMs,
      maxStalledCount: mostStalls,
    },
  );
  worker.on('error', onError);
  worker.on('stalled', (id) => options.onPutBack?.(id));
  worker.on('failed', (_job, error) => onError(error));
  return {
    connected: () => redis.status === 'ready',
    async close() {
      await worker.close();
      redis.disconnect();
    },
  };
}

function readJobs(blob: Uint8Array) {
  try {
    return jobsOfBlob(blob);
  } catch (error) {
    // Another attempt would not read it either.
    if (error instanceof FitBlobError) throw new UnrecoverableError(error.message);
    throw error;
  }
}
