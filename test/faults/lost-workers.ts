import { setTimeout as sleep } from 'node:timers/promises';
import { type StartedProgram, until } from '../end-to-end/started-program.ts';
import { createMemoryGroup, type MemoryGroup } from './cgroup.ts';
import { type FitVerdict, handOut } from './handed-out.ts';
import { metricOf } from './polled-rig.ts';
import type { QueueRig } from './queue-rig.ts';

/** How a worker is lost: to the kernel, as its cgroup has no memory left; by SIGKILL; by SIGSTOP for as long as others need for its work. */
export const losses = ['out of memory', 'killed', 'hung'] as const;
export type Loss = (typeof losses)[number];

/** What workers were lost with batches in their hands, and what became of the fits. */
export interface LostFigures extends FitVerdict {
  /** Batches of the lost ones that were put back, by the count of the others. */
  readonly putBack: number;
  /** What who handed out, and the others, logged meanwhile. */
  readonly line: string;
  /** Processes ended by the kernel for want of memory. */
  readonly kernelKills: number;
  /** Seconds from the loss to the last outcome. */
  readonly seconds: number;
}

/** Memory, bytes, that a worker may ask for beyond what it has: less than a batch wants. */
const little = 2 ** 20;

/** The ways that are possible here: no cgroup can be made without root. */
export function possibleLosses(): readonly Loss[] {
  const group = createMemoryGroup(2 ** 30, 'probe');
  group?.remove();
  return losses.filter((way) => group || way !== 'out of memory');
}

/**
 * Hands out so many batches that every worker has some, loses one worker after the other by `ways` at a random moment of their work, waits
 * for the outcomes, and makes the workers complete again.
 */
export async function loseWorkers(rig: QueueRig, ways: readonly Loss[], random: () => number): Promise<LostFigures> {
  const victims = await Promise.all(ways.map(async (way, i) => ({ way, worker: rig.workers[i], faults: await faultsOf(rig.workers[i]) })));
  const others = rig.workers.slice(ways.length);
  const putBack = () => sumOf(others, 'presage_worker_put_back_batches_total');
  const before = await putBack();
  const saying = [rig, ...others].map((one) => ({ one, from: one.said().length }));
  const group = ways.includes('out of memory') ? createMemoryGroup(little, 'worker') : undefined;
  try {
    const handed = await handOut(rig);
    await sleep(300 * random());
    const lostAt = performance.now();
    for (const { way, worker } of victims) await lose(worker, way, group);
    await handed.outcomes;
    const seconds = (performance.now() - lostAt) / 1000;
    await bringBack(rig, victims);
    return {
      ...(await handed.judge()),
      putBack: (await putBack()) - before,
      line: saying.map(({ one, from }) => one.said().slice(from)).join(''),
      kernelKills: group?.kills() ?? 0,
      seconds,
    };
  } finally {
    group?.remove();
  }
}

interface Victim {
  readonly way: Loss;
  readonly worker: StartedProgram;
  /** Faults of the queue that it had counted before. */
  readonly faults: number;
}

const faultsOf = (worker: StartedProgram): Promise<number> => metricOf(worker, 'presage_worker_errors_total');

async function lose(worker: StartedProgram, way: Loss, group: MemoryGroup | undefined): Promise<void> {
  if (way === 'killed') await worker.stop('SIGKILL');
  else if (way === 'hung') process.kill(worker.pid, 'SIGSTOP');
  else group?.take(worker.pid);
}

/** Lets those that hang go on to their end, which must change nothing, and starts new ones for all. */
async function bringBack(rig: QueueRig, victims: readonly Victim[]): Promise<void> {
  for (const { way, worker, faults } of victims) {
    if (way === 'hung') {
      process.kill(worker.pid, 'SIGCONT');
      await until(async () => (await faultsOf(worker)) > faults, 60, 'the one that hung to see what it missed');
      // It first ends what it had in its hands, though nobody wants it any more.
      await worker.stop();
    }
    // Even a page of metrics wants more than it may have.
    const hasEnded = async (): Promise<boolean> => {
      if (worker.runs()) await metricOf(worker, 'presage_queue_connected');
      return !worker.runs();
    };
    if (way === 'out of memory') await until(hasEnded, 60, 'the kernel to end it');
    if (!worker.runs()) rig.workers.splice(rig.workers.indexOf(worker), 1);
  }
  await rig.complete();
}

async function sumOf(workers: readonly StartedProgram[], line: string): Promise<number> {
  const counts = await Promise.all(workers.map((worker) => metricOf(worker, line)));
  return counts.reduce((sum, one) => sum + one, 0);
}
