import { quantileOf } from './bench.ts';

/**
 * Runs the tasks in turn, round after round, so that what else the machine does falls on all of them.
 * Gives the median processor time of each in seconds, of all threads, so that garbage collection counts.
 */
export function interleaved(rounds: number, tasks: readonly (() => void)[], before: () => void = () => {}): readonly number[] {
  const seconds: number[][] = tasks.map(() => []);
  // The first round warms the compiler up.
  for (let round = 0; round <= rounds; round++) {
    for (const [i, task] of tasks.entries()) {
      before();
      const start = process.cpuUsage();
      task();
      const { user, system } = process.cpuUsage(start);
      if (round > 0) seconds[i].push((user + system) / 1e6);
    }
  }
  return seconds.map((all) => quantileOf(all, 0.5));
}

/** Samples a second as people say it. */
export function rate(samples: number, seconds: number): string {
  return `${(samples / seconds / 1e6).toFixed(2)} million/s`;
}
