import { describe, expect, it } from 'vitest';
import { seededRandom } from '../stats/random.ts';
import { autoDetector } from './auto.ts';
import { autoDefaults, type AutoOptions } from './auto-plan.ts';
import type { Scorer } from './detector.ts';

const grid = { start: 1_700_006_400, step: 300 };
const DAY = 288;

/** Two weeks of a daily wave of height 40 around 100 with noise of ±5. */
function wave(days = 14): Float64Array {
  const next = seededRandom(11);
  return Float64Array.from({ length: days * DAY }, (_, t) => 100 + 20 * Math.sin((2 * Math.PI * t) / DAY) + 10 * (next() - 0.5));
}

function taught(options: Partial<AutoOptions>, values: Float64Array): Scorer {
  const scorer = autoDetector({ ...autoDefaults, ...options }).start(grid);
  for (const value of values) scorer.learn(value);
  return scorer;
}

describe('auto', () => {
  it('keeps at most 5 KB a series, on every grid', () => {
    for (const step of [1, 15, 60, 300, 3600, 86_400]) {
      expect(autoDetector().start({ start: 0, step }).snapshot().byteLength).toBeLessThanOrEqual(5000);
    }
  });

  it('knows the time of day: what is usual at noon alarms at night', () => {
    const values = wave();
    const scorer = taught({}, values);
    for (let t = 0; t < (DAY * 3) / 4; t++) scorer.learn(values[t]);
    expect(scorer.expected()?.value).toBeGreaterThan(75);
    expect(scorer.expected()?.value).toBeLessThan(85);
    expect(scorer.score(80)).toBeLessThan(1);
    expect(scorer.score(125)).toBeGreaterThan(1);
  });

  it('splits what it expects into level and season', () => {
    const expected = taught({}, wave()).expected();
    expect(expected?.level).toBeGreaterThan(92);
    expect(expected?.level).toBeLessThan(108);
    expect(expected?.value).toBeCloseTo((expected?.level ?? 0) + (expected?.season ?? 0), 9);
  });

  it('looks to the side that it is told', () => {
    const values = wave();
    expect(taught({ direction: 'above' }, values).score(20)).toBeLessThan(1);
    expect(taught({ direction: 'above' }, values).score(180)).toBeGreaterThan(1);
    expect(taught({ direction: 'below' }, values).score(20)).toBeGreaterThan(1);
    expect(taught({ direction: 'below' }, values).score(180)).toBeLessThan(1);
  });

  it('lets pass what misses by less than the smallest deviation', () => {
    expect(taught({ minimumDeviation: 1.5 }, wave()).score(180)).toBeLessThan(1);
    expect(taught({ minimumDeviation: 0.5 }, wave()).score(180)).toBeGreaterThan(1);
  });

  it('takes up a lasting shift after the time that it is told, not before', () => {
    const values = wave();
    const shifted = (hours: number, after: number): number => {
      const scorer = taught({ shiftAfterSeconds: after * 3600 }, values);
      for (let t = 0; t < hours * 12; t++) scorer.learn(values[t] + 300);
      return scorer.expected()?.level ?? NaN;
    };
    expect(shifted(10, 12)).toBeLessThan(150);
    expect(shifted(14, 12)).toBeGreaterThan(350);
    expect(shifted(14, 24)).toBeLessThan(150);
    expect(shifted(27, 24)).toBeGreaterThan(350);
  });

  it('is harder to alarm after a false alarm and easier after an incident, within bounds, also after a restart', () => {
    const values = wave();
    const plain = taught({}, values);
    const height = [...Array(200).keys()].find((extra) => plain.score(100 + extra) > 1) ?? NaN;
    const score = plain.score(100 + height);
    plain.feedback('false-alarm', score);
    const restarted = autoDetector().restore(grid, plain.snapshot());
    expect(restarted.score(100 + height)).toBeLessThan(1);
    expect(restarted.score(100 + 2 * height)).toBeGreaterThan(1);
    for (let i = 0; i < 50; i++) restarted.feedback('false-alarm', 100);
    expect(restarted.score(100 + 12 * height)).toBeGreaterThan(1);
    for (let i = 0; i < 50; i++) restarted.feedback('incident', 2);
    expect(restarted.score(100 + height - 2)).toBeGreaterThan(1);
    expect(restarted.score(100 + height / 5)).toBeLessThan(1);
  });
});
