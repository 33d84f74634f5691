import type { FitExecutor } from './fit-job.ts';
import { makeFit } from './make-fit.ts';

/** Makes each fit at once, in this thread: for tests, evaluation, and where there are no others. `clock` in monotonic seconds. */
export function createInProcess(clock: () => number): FitExecutor {
  return {
    room: 1,
    fit: async (jobs) => jobs.map((job) => makeFit(job, clock)),
    close: async () => {},
  };
}
