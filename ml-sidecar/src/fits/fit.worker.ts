import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import type { FitJob, FitOutcome } from './fit-job.ts';
import { makeFit } from './make-fit.ts';

/** How much nicer this thread is than the others of its process, which answer those who wait. */
const niceness = 10;

standBack();

/** Makes a batch of fits; called by the pool of threads. */
export function fitBatch(jobs: readonly FitJob[]): readonly FitOutcome[] {
  return jobs.map((job) => makeFit(job, () => performance.now() / 1000));
}

/** Linux has a niceness for each thread; elsewhere all stays as it is. */
function standBack(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, Math.min(19, getPriority(thread) + niceness));
  } catch {
    // No such system, or not allowed: fits are as important as all else then.
  }
}
