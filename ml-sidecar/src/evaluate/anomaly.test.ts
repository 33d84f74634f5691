import { describe, expect, it } from 'vitest';
import { autoHostDetector } from '../detectors/auto-host.ts';
import type { Detector } from '../detectors/detector.ts';
import { detectors } from '../detectors/index.ts';
import { evaluateAnomaly } from './anomaly.ts';
import type { DataFolder, Entity, EntityColumns } from './data-folder.ts';

/** Scores with what it has learned so far: the number of values, and of gaps as the part after the point. */
const counting: Detector = {
  name: 'counting',
  start() {
    let values = 0;
    let gaps = 0;
    return {
      score: () => values + gaps / 100,
      learn: (value) => void (Number.isNaN(value) ? gaps++ : values++),
      expected: () => undefined,
      feedback: () => undefined,
      snapshot: () => Float64Array.of(values, gaps),
    };
  },
  restore: (grid) => counting.start(grid),
};

const metric = (name: string) => ({ name, kind: 'cpu', constant: false });
const single: Entity = { id: 'one', file: '', layout: 'single', step: 60, metrics: [metric('requests')], trainEnd: 180 };
const host: Entity = { id: 'h', file: '', layout: 'host', step: 60, metrics: ['a', 'b', 'c', 'd'].map(metric), trainEnd: 120 };

function folderOf(entity: Entity, times: readonly number[], columns: Record<string, readonly number[]>): DataFolder {
  const read: EntityColumns = {
    times: Float64Array.from(times),
    columns: new Map(Object.entries(columns).map(([name, values]) => [name, Float64Array.from(values)])),
  };
  return { entities: [entity], readEntity: () => read };
}

describe('the evaluation of anomaly scores', () => {
  it('scores rows after the training span alone, each before it is learned, with missing rows as gaps', () => {
    const folder = folderOf(single, [60, 120, 180, 360, 420], { value: [1, 2, 3, 4, 5] });
    expect([...evaluateAnomaly(folder, { detector: counting })]).toEqual([{ id: 'one', ts: [360, 420], score: [3.02, 4.02] }]);
  });

  it('leaves out what has no training span', () => {
    const { trainEnd: _, ...untrained } = single;
    expect([...evaluateAnomaly(folderOf(untrained, [60], { value: [1] }), { detector: counting })]).toEqual([]);
  });

  it('scores each series of a host, and the host by its third largest where it has no model of its own', () => {
    const columns = { a: [1, 1, 1], b: [NaN, 1, 1], c: [NaN, NaN, 1], d: [1, 1, 1] };
    const rows = [...evaluateAnomaly(folderOf(host, [60, 120, 180], columns), { detector: counting })];
    expect(rows.map((row) => [row.id, row.score])).toEqual([
      ['h/a', [2]],
      ['h/b', [1.01]],
      ['h/c', [0.02]],
      ['h/d', [2]],
      ['h', [1.01]],
    ]);
  });

  it.each(detectors.map((detector) => detector.name))('runs %s, and the host score, over a host', (name) => {
    const detector = detectors.find((one) => one.name === name) ?? counting;
    const times = Array.from({ length: 2000 }, (_, i) => 60 * (i + 1));
    const wave = times.map((time, i) => (i === 1990 ? 1000 : 100 + 10 * Math.sin(i) + (time % 7)));
    const folder = folderOf(host, times, { a: wave, b: wave, c: wave, d: wave });
    const rows = [...evaluateAnomaly(folder, { detector, hostDetector: autoHostDetector() })];
    expect(rows.map((row) => row.score.length)).toEqual(Array.from({ length: 5 }, () => 1998));
    for (const row of rows) expect(row.score.indexOf(Math.max(...row.score))).toBeGreaterThanOrEqual(1988);
  });
});
