import type { FitJob, FitOutcome } from './fit-job.ts';
import { makeFit } from './make-fit.ts';

/** Makes a batch of fits; called by the pool of threads. */
export function fitBatch(jobs: readonly FitJob[]): readonly FitOutcome[] {
  return jobs.map((job) => makeFit(job, () => performance.now() / 1000));
}
