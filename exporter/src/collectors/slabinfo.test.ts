import { expect, it } from 'vitest';
import { parseSlabinfo } from './slabinfo.ts';

it('reads name and counts, and passes over the heads', () =>
  expect(
    parseSlabinfo('slabinfo - version: 2.1\n# name <active_objs>\nkmalloc-8k 132 148 8192 4 8 : tunables 0 0 0 : slabdata 37 37 0\n'),
  ).toEqual([{ slab: 'kmalloc-8k', counts: [132, 148, 8192, 4, 8] }]));

it.each(['kmalloc 1 2 3 4', 'kmalloc 1 2 x 4 5 : tunables'])('refuses %j', (text) => expect(() => parseSlabinfo(text)).toThrow(/five/));
