import type { FitJob, FitOutcome } from './fit-job.ts';
import { makeFit } from './make-fit.ts';

/** First values of series at which a thread goes wrong. */
export const faulty = { hangs: -101, ends: -102, fills: -103 };

const kept: unknown[] = [];

/** As the worker of fits, but for the series that it goes wrong at. */
export function fitBatch(jobs: readonly FitJob[]): readonly FitOutcome[] {
  return jobs.map((job) => {
    while (job.values[0] === faulty.hangs);
    while (job.values[0] === faulty.fills) kept.push(Array.from({ length: 1000 }, (_, i) => ({ i })));
    if (job.values[0] === faulty.ends) throw new Error('wrong as a whole');
    return makeFit(job, () => performance.now() / 1000);
  });
}
