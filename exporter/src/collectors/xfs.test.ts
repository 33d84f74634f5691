import { expect, it } from 'vitest';
import { parseXfs } from './xfs.ts';

it('names the numbers of known lines and passes over the others', () =>
  expect(parseXfs('trans 4 40 0\nrw 28 3\nxpc 1 2 3\n').map(({ name, value }) => [name, value])).toEqual([
    ['node_xfs_write_calls_total', 28],
    ['node_xfs_read_calls_total', 3],
  ]));
it.each(['rw 28\n', 'dir 1 2 x 4\n'])('refuses %j', (text) => expect(() => parseXfs(text)).toThrow(/numbers/));
