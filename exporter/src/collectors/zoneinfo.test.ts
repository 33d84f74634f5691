import { expect, it } from 'vitest';
import { parseZoneinfo } from './zoneinfo.ts';

it('gives each zone its pairs and its protection, and no pageset', () => {
  const text =
    'Node 1, zone   DMA32\n  pages free     9\n        min      8\n        protection: (0, 2039, 5)\n  pagesets\n    cpu: 0\n              high:  0\n  nr_free_pages 7\n';
  expect(parseZoneinfo(text)).toEqual([
    {
      node: '1',
      zone: 'DMA32',
      fields: new Map([
        ['min', 8],
        ['nr_free_pages', 7],
      ]),
      protection: [0, 2039, 5],
    },
  ]);
});
it('refuses a field without a zone', () => expect(() => parseZoneinfo('   min 8\n')).toThrow(/Node N/));
