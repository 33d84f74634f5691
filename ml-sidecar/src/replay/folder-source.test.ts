import { expect, test } from 'vitest';
import { labelledIncidents, writeFolder } from './folder-source.ts';

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

test('a row stands for its whole step, and a gap stays one', () => {
  const entity = {
    id: 'a',
    file: 'a.csv.gz',
    layout: 'single',
    step: 900,
    metrics: [{ name: 'value', kind: 'cpu', constant: false }],
  } as const;
  const columns = { times: Float64Array.of(0, 900, 1800, 2100), columns: new Map([['value', Float64Array.of(1, NaN, 2, 3)]]) };
  const written: number[][] = [];
  const batch = {
    add: (_name: string, _labels: unknown, time: number, value: number) => void written.push([time, value]),
    addText: () => {},
    mark: () => 0,
    close: () => 0,
  };
  expect(writeFolder({ entities: [entity], readEntity: () => columns }, batch, 300)).toEqual({ start: 0, end: 2100 });
  expect(written).toEqual([
    [0, 1],
    [300, 1],
    [600, 1],
    [1800, 2],
    [2100, 3],
    [2400, 3],
    [2700, 3],
  ]);
});
