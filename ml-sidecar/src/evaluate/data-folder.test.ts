import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openDataFolder, parseColumns, seriesName } from './data-folder.ts';

const csv = 'timestamp,cpu,disk,label\n60,0.5,,0\n120,1e-3,-7,1\n';
const entity = {
  id: 'host-1',
  file: 'a/host-1.csv.gz',
  layout: 'host',
  step_s: 60,
  metrics: [
    { name: 'cpu', kind: 'cpu', forecast: { step_s: 300, grid0: 0, context_s: 1_209_600, horizons: { '24h': 288 }, origins: [600] } },
    { name: 'disk', kind: 'disk', constant: true, windows: [[1, 2]] },
  ],
  anomaly: { track: 'host', train_end: 60, windows: [{ start: 120, end: 120 }] },
};
const folderOf = (entities: unknown): ((path: string) => Uint8Array) => {
  const files = new Map([
    ['index.json', Buffer.from(JSON.stringify({ entities }))],
    ['a/host-1.csv.gz', gzipSync(csv)],
  ]);
  return (path) => files.get(path) ?? new Uint8Array();
};

describe('a data folder', () => {
  const folder = openDataFolder(folderOf([entity]));

  it('gives entities with their tasks, and nothing of the labels', () => {
    const [host] = folder.entities;
    expect(host.trainEnd).toBe(60);
    expect(host.metrics[0].forecast).toEqual({ step: 300, gridStart: 0, context: 1_209_600, steps: 288, origins: [600] });
    expect(host.metrics[1].constant).toBe(true);
    expect(JSON.stringify(folder.entities)).not.toContain('windows');
    expect(seriesName(host, host.metrics[0])).toBe('host-1/cpu');
  });

  it('gives the columns of an entity without the labels, an empty cell being NaN', () => {
    const { times, columns } = folder.readEntity(folder.entities[0]);
    expect([...times]).toEqual([60, 120]);
    expect([...columns.keys()]).toEqual(['cpu', 'disk']);
    expect([...(columns.get('cpu') ?? [])]).toEqual([0.5, 0.001]);
    expect([...(columns.get('disk') ?? [])]).toEqual([NaN, -7]);
  });

  it('bears a file without rows and one without a last line end', () => {
    expect(parseColumns(Buffer.from('timestamp,value\n')).times.length).toBe(0);
    expect([...(parseColumns(Buffer.from('timestamp,value\n1,2')).columns.get('value') ?? [])]).toEqual([2]);
  });

  it.each([
    ['a missing list', undefined, 'index.json: entities: got undefined, want a list'],
    ['a wrong layout', [{ ...entity, layout: 'wide' }], 'index.json: entities[0].layout: got wide, want host or single'],
    ['a wrong step', [{ ...entity, step_s: '60' }], 'index.json: entities[0].step_s: got "60", want a number'],
  ])('names the place of %s', (_, entities, message) => {
    expect(() => openDataFolder(folderOf(entities))).toThrow(message);
  });
});

it('reads numbers exactly as the language does, however they are written', () => {
  const cells = ['0.1', '-12.5', '1e-7', '1579542000', '0.30000000000000004', '123456789.123456', '-0', '', 'NaN', '.5', '5.', '2.5E+3'];
  const { columns } = parseColumns(
    Buffer.from(`timestamp,${cells.map((_, i) => `c${i}`).join(',')}\r\n60,${cells.join(',')}\r\n\n120,1\n`),
  );
  expect(cells.map((_, i) => columns.get(`c${i}`)?.[0])).toEqual(cells.map((cell) => (cell === '' ? NaN : Number(cell))));
  expect(columns.get('c1')?.[1]).toBeNaN();
});
