import type { IncomingMessage, ServerResponse } from 'node:http';
import { TEXT_CONTENT_TYPE } from '@presage/service/exposition.ts';
import { command, UsageError, type Command } from '@presage/service/command-line.ts';
import { intFlag } from '@presage/service/flags.ts';
import type { Logger } from '@presage/service/log.ts';
import { logFlags } from '@presage/service/log-flags.ts';
import { createWebServer, webFlags, type WebListening } from '@presage/service/web.ts';
import { createThreads } from '../fits/threads.ts';
import { startFitWorker, type FitWorker } from '../fleet/fit-worker.ts';
import { queueAddress, queueFlags, type QueueAddress } from '../fleet/queue-address.ts';
import { createWorkerMetrics } from './fleet-metrics.ts';
import { tellOutages } from './tell-faults.ts';

const flags = {
  ...queueFlags,
  threads: intFlag({ help: 'Threads that fit; 0 takes one for each processor.', default: 0, min: 0, max: 256 }),
  ...webFlags('127.0.0.1:9868'),
  ...logFlags,
} as const;

type Values = Parameters<Parameters<typeof command<typeof flags>>[0]['run']>[0];

/** What the command needs of the program around it. */
export interface WorkerWorld {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: (values: Pick<Values, 'log.level' | 'log.format'>) => Logger;
  readonly web: (values: Values) => WebListening;
  /** The built worker of fits. */
  readonly fitWorker: URL;
  /** How many processors there are. */
  readonly processors: () => number;
  /** Monotonic seconds. */
  readonly clock: () => number;
  readonly version: string;
  readonly nodeVersion: string;
  /** Aborted when the program shall end. */
  readonly stop: () => AbortSignal;
}

/** `presage worker`: fits what `presage run --queue` asks for, as many of them as there are machines. */
export function workerCommand(world: WorkerWorld): Command {
  return command({
    help: 'Make the fits of a fleet: takes them from the queue in Redis that `presage run --queue` fills.',
    flags,
    async run(values) {
      const address = queueAddress(values, world.environment);
      if (!address) throw new UsageError('--queue: got nothing, want an address such as redis://127.0.0.1:6379');
      await runWorker(address, values, world);
      return 0;
    },
  });
}

async function runWorker(address: QueueAddress, values: Values, world: WorkerWorld): Promise<void> {
  const log = world.log(values);
  const signal = world.stop();
  const threads = values.threads === 0 ? world.processors() : values.threads;
  const executor = createThreads({ worker: world.fitWorker, threads, clock: world.clock });
  const metrics = createWorkerMetrics(world.version, world.nodeVersion, () => worker.connected());
  const tell = tellOutages({
    failed: (err) => log.warn('the queue has a fault', { queue: address.shown, err }),
    again: () => log.info('the queue answers again', { queue: address.shown }),
    clock: world.clock,
  });
  const onError = (error: Error): void => {
    metrics.failed();
    tell.failed(error);
  };
  const onPutBack = (batch: string): void => {
    metrics.putBack();
    log.warn('a batch of a worker that is gone or hangs was put back into the queue', { queue: address.shown, batch });
  };
  const worker = startFitWorker({ address, executor, clock: world.clock, onBatch: metrics.batch, onError, onReady: tell.well, onPutBack });
  const handler = (request: IncomingMessage, response: ServerResponse) => answer(request, response, worker, metrics.text);
  const server = createWebServer({ ...world.web(values), log, handler });
  const urls = await server.start();
  log.info('working', { address: urls.join(' '), queue: address.shown, threads });
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  await worker.close();
  await executor.close();
  await server.close();
  log.info('stopped');
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  worker: FitWorker,
  metrics: () => Promise<string>,
): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0];
  const say = (status: number, text: string, type = 'text/plain; charset=utf-8') =>
    void response.writeHead(status, { 'Content-Type': type }).end(text);
  if (path === '/metrics') return say(200, await metrics(), TEXT_CONTENT_TYPE);
  if (path === '/-/healthy') return say(200, 'The worker is healthy.\n');
  if (path === '/-/ready') return worker.connected() ? say(200, 'The worker is ready.\n') : say(503, 'The worker has no Redis.\n');
  return say(404, 'Not found.\n');
}
