import { expect, it } from 'vitest';
import { pageBytes } from './page-bytes.ts';

it.each([
  ['1000 5 5', 'Name:\tnode\nVmSize:\t    4000 kB\n', 4096],
  ['1000 5 5', 'VmSize:\t   16100 kB\n', 16_384],
  ['1000 5 5', 'VmSize:\t   63000 kB\n', 65_536],
  ['', '', 4096],
  ['1000 5', 'VmSize:\t 1 kB\n', 4096],
  ['0 5', 'VmSize:\t 1 kB\n', 4096],
])('statm %j and status %j make %d', (statm, status, bytes) => expect(pageBytes(statm, status)).toBe(bytes));
