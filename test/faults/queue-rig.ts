import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@presage/service/log.ts';
import { Redis } from 'ioredis';
import { overQueue } from '../../ml-sidecar/src/app/over-queue.ts';
import { createSelfMetrics } from '../../ml-sidecar/src/app/self-metrics.ts';
import type { FitExecutor } from '../../ml-sidecar/src/fits/fit-job.ts';
import { createInProcess } from '../../ml-sidecar/src/fits/in-process.ts';
import { queueAddress } from '../../ml-sidecar/src/fleet/queue-address.ts';
import { queueValues } from '../../ml-sidecar/src/fleet/queue-values.fixture.ts';
import { startRedis, startWorker } from '../end-to-end/started-parts.ts';
import { type StartedProgram, until } from '../end-to-end/started-program.ts';
import { valueIn } from './polled-rig.ts';

/** What hands out the fits of a sidecar, a real Redis, and some `presage worker`, each with one thread. */
export interface QueueRig {
  /** As `presage run --queue` has it. */
  readonly executor: FitExecutor;
  readonly redis: { kill(): Promise<void>; /** On the same port, empty. */ start(): Promise<void> };
  /** Those that run now. */
  readonly workers: StartedProgram[];
  /** Starts workers until there are as many as at the start, and waits until they are seen. */
  complete(): Promise<void>;
  /** Batches in the hands of workers, by BullMQ's own list. */
  underWay(): Promise<number>;
  /** The value of a line of the metrics of who hands out; 0 where there is none. */
  metric(line: string): Promise<number>;
  /** What it has logged. */
  said(): string;
  stop(): Promise<void>;
}

/** Starts everything and waits until so many workers are seen. */
export async function startQueueRig(count: number): Promise<QueueRig> {
  const folder = mkdtempSync(join(tmpdir(), 'presage-workers-'));
  let redis = await startRedis(folder);
  const queue = `redis://127.0.0.1:${redis.port}`;
  const address = queueAddress(queueValues({ queue, 'queue.prefix': 'test' }), {})!;
  const metrics = createSelfMetrics('test', 'test');
  const clock = (): number => performance.now() / 1000;
  let said = '';
  const log = createLogger({ level: 'info', format: 'logfmt', write: (line) => void (said += line) });
  const executor = overQueue({ address, own: createInProcess(clock), log, metrics, clock });
  const looker = new Redis(redis.port, '127.0.0.1');
  looker.on('error', () => {});
  const workers: StartedProgram[] = [];
  const metric = async (line: string): Promise<number> => valueIn(await metrics.text(), line);
  const complete = async (): Promise<void> => {
    const missing = Array.from({ length: count - workers.length }, () =>
      startWorker({ flags: [`--queue=${queue}`, '--queue.prefix=test'] }),
    );
    workers.push(...(await Promise.all(missing)));
    const isComplete = async () => (await metric('presage_queue_connected')) === 1 && (await metric('presage_queue_workers')) === count;
    await until(isComplete, 60, `${count} workers`);
  };
  await complete();
  return {
    executor,
    workers,
    complete,
    metric,
    redis: {
      kill: () => redis.stop('SIGKILL'),
      start: async () => void (redis = await startRedis(folder, { port: redis.port })),
    },
    underWay: () => looker.llen('test:fits:active'),
    said: () => said,
    async stop() {
      looker.disconnect();
      await executor.close();
      await Promise.all(workers.map((worker) => worker.stop('SIGKILL')));
      await redis.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
