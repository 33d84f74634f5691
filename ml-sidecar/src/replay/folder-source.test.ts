import { expect, test } from 'vitest';
import { labelledIncidents } from './folder-source.ts';

test('labelled windows are incidents of their host; doubtful ones count neither way', () => {
  const windows = [
    { start: 5000, end: 6000, anchor: 5000, cause: 'snow storm' },
    { start: 9000, end: 9500, anchor: 9000, quality: 'daily-recurring' },
  ];
  const index = { entities: [{ id: 'a', anomaly: { train_end: 100, windows } }, { id: 'b', anomaly: null }, { id: 'c' }] };
  expect(labelledIncidents(index)).toEqual([
    { kind: 'snow storm', labels: { instance: 'a' }, start: 3200, hurt: 5000, end: 6000, foreseeable: false, ignored: false },
    { kind: 'labelled', labels: { instance: 'a' }, start: 7200, hurt: 9000, end: 9500, foreseeable: false, ignored: true },
  ]);
});
