import { expect, it } from 'vitest';
import { parseSchedstat } from './schedstat.ts';

it('reads the last three numbers of each CPU and passes over domains', () =>
  expect(parseSchedstat('version 15\ntimestamp 1\ncpu10 1 2 3 4 5 6 7000000000 500000000 9\ndomain0 3 1 2\n')).toEqual([
    { cpu: '10', running: 7, waiting: 0.5, timeslices: 9 },
  ]));

it('refuses a short line', () => expect(() => parseSchedstat('cpu0 1 2 3\n')).toThrow(/nine numbers/));
