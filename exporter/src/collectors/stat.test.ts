import { describe, expect, it } from 'vitest';
import { parseKernelStat } from './stat.ts';

describe('parseKernelStat', () => {
  it('reads each line by its first word', () => {
    const text =
      'cpu  1 2\nintr 8885917 17 0\nctxt 38014093\nbtime 1418183276\nprocesses 26442\nprocs_running 2\nprocs_blocked 1\nsoftirq 60 1 2 3 4 5 6 7 8 9 15\n';
    expect(parseKernelStat(text)).toEqual({
      interrupts: 8885917,
      contextSwitches: 38014093,
      forks: 26442,
      bootTime: 1418183276,
      running: 2,
      blocked: 1,
      softirqs: [1, 2, 3, 4, 5, 6, 7, 8, 9, 15],
    });
  });
  it('counts 0 for what is not there', () =>
    expect(parseKernelStat('cpu  1 2\n')).toMatchObject({ interrupts: 0, bootTime: 0, softirqs: [] }));
});
