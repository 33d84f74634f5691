import { expect, it } from 'vitest';
import { zoneIndexes } from './rapl.ts';

it('takes the index from the name, or counts', () =>
  expect(['package-0', 'core', 'package-1', 'core', 'psys', 'dram-x'].map(zoneIndexes())).toEqual([
    { zone: 'package', index: '0' },
    { zone: 'core', index: '0' },
    { zone: 'package', index: '1' },
    { zone: 'core', index: '1' },
    { zone: 'psys', index: '0' },
    { zone: 'dram-x', index: '0' },
  ]));
