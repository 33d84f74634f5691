import { isDeepStrictEqual } from 'node:util';
import type { FitJob, FitOutcome } from '../../ml-sidecar/src/fits/fit-job.ts';
import { createInProcess } from '../../ml-sidecar/src/fits/in-process.ts';
import { jobOf } from '../../ml-sidecar/src/fits/job.fixture.ts';
import { until } from '../end-to-end/started-program.ts';
import type { QueueRig } from './queue-rig.ts';

/** What became of fits that were handed out. */
export interface FitVerdict {
  readonly fits: number;
  /** Fits without an outcome or with another one than that of this process, which nothing disturbs. */
  readonly otherwise: number;
  /** Fits taken up, by the count of who handed them out: more than `fits` would be some taken twice. */
  readonly taken: number;
}

/** Fits that every worker has some of in its hands. */
export interface HandedOut {
  readonly outcomes: Promise<readonly FitOutcome[]>;
  /** To be asked when nothing more can come. */
  judge(): Promise<FitVerdict>;
}

/** Jobs that differ, and of how many a batch is made by QueueExecutor. */
const different = 120;
const batch = 100;

let wanted: readonly FitOutcome[] | undefined;
const jobs: readonly FitJob[] = Array.from({ length: different }, (_, i) => jobOf({ forecaster: 'theta' }, 5 + i));

/** Hands out two batches for each worker and waits until each has one in its hands. */
export async function handOut(rig: QueueRig): Promise<HandedOut> {
  wanted ??= await createInProcess(() => 0).fit(jobs);
  const before = await fitsTaken(rig);
  const asked = Array.from({ length: 2 * batch * rig.workers.length }, (_, i) => i % different);
  const outcomes = rig.executor.fit(asked.map((i) => jobs[i]));
  await until(async () => (await rig.underWay()) >= rig.workers.length, 60, 'a batch in the hands of each');
  return {
    outcomes,
    async judge() {
      const found = await outcomes;
      const otherwise = asked.filter((i, at) => !isDeepStrictEqual(withoutTime(found[at]), withoutTime(wanted![i]))).length;
      return { fits: asked.length, otherwise, taken: (await fitsTaken(rig)) - before };
    },
  };
}

async function fitsTaken(rig: QueueRig): Promise<number> {
  const results = ['workers', 'redis', 'no_worker', 'failed', 'late'];
  const counts = await Promise.all(results.map((result) => rig.metric(`presage_queue_fits_total{result="${result}"}`)));
  return counts.reduce((sum, one) => sum + one, 0);
}

const withoutTime = (outcome: FitOutcome | undefined) => ({ ...outcome, seconds: 0 });
