import { describe, expect, it } from 'vitest';
import { seededRandom } from '../stats/random.ts';
import { autoDetector } from './auto.ts';
import type { HostReading, HostScorer } from './host-detector.ts';
import { hostDetectors } from './index.ts';

const grid = { start: 1_700_006_400, step: 300 };
const DAY = 288;

/** What five series of a host say over `days`: two move together, three apart; an incident of an hour in four of them ends it. */
function readings(days = 10): HostReading[][] {
  const next = seededRandom(21);
  const detector = autoDetector();
  const scorers = Array.from({ length: 5 }, () => detector.start(grid));
  return Array.from({ length: days * DAY }, (_, t) => {
    const shared = 10 * (next() - 0.5);
    const incident = t >= days * DAY - 12 ? 60 : 0;
    const moment: HostReading[] = [];
    for (const [i, scorer] of scorers.entries()) {
      const value = 100 + (i < 2 ? shared : 0) + 10 * (next() - 0.5) + (i < 4 ? incident : 0);
      const signal = scorer.signal(value);
      scorer.learn(value);
      if (signal) moment.push({ metric: `metric_${i}`, signal });
    }
    return moment;
  });
}

function run(scorer: HostScorer, moments: readonly (readonly HostReading[])[]): number[] {
  return moments.map((moment) => {
    const score = scorer.score(moment);
    scorer.learn(moment);
    return score;
  });
}

const moments = readings();

describe.each(hostDetectors.map((detector) => ({ name: detector.name, detector })))('host detector $name', ({ detector }) => {
  const scores = run(detector.start(grid), moments);

  it('finds an incident that shows in several series, and is quiet before', () => {
    expect(Math.max(...scores.slice(-12))).toBeGreaterThan(1);
    expect(scores.slice(0, -12).filter((score) => score > 1).length).toBeLessThan(12);
  });

  it('is finite, ≥ 0, and 0 where no series speaks', () => {
    for (const score of scores) {
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThan(Infinity);
    }
    const scorer = detector.start(grid);
    run(scorer, moments);
    expect(scorer.score([])).toBe(0);
    const stranger = { metric: 'never seen', signal: { deviation: 1e3, surprise: 1e3, calibrated: 1e3 } };
    expect(scorer.score([stranger])).toBeLessThan(1);
    expect(scorer.score([...moments[2000], stranger])).toBe(scorer.score(moments[2000]));
  });

  it('changes nothing by scoring and goes on from a snapshot as if nothing had been', () => {
    const first = detector.start(grid);
    run(first, moments.slice(0, 1500));
    for (const moment of moments.slice(0, 20)) first.score(moment);
    const second = detector.restore(grid, first.snapshot());
    run(first, moments.slice(1500, 1600));
    expect(run(second, moments.slice(1500))).toEqual(scores.slice(1500));
  });

  it('bears a series that vanishes and one that appears, and finds the incident all the same', () => {
    const shaped = moments.map((moment, t) =>
      moment.filter(({ metric }) => (metric === 'metric_0' ? t < 5 * DAY : metric === 'metric_1' ? t > 7 * DAY : true)),
    );
    const changed = run(detector.start(grid), shaped);
    expect(Math.max(...changed.slice(-12))).toBeGreaterThan(1);
    const around = [...changed.slice(5 * DAY - 12, 5 * DAY + DAY), ...changed.slice(7 * DAY - 12, 8 * DAY)];
    expect(around.filter((score) => score > 1).length).toBeLessThan(6);
  });

  it('forgets a series two weeks after its last word', () => {
    const scorer = detector.start(grid);
    run(scorer, moments.slice(0, DAY));
    const steady = moments[DAY].slice(0, 2);
    for (let t = 0; t < 17 * DAY; t++) scorer.learn(steady);
    expect(scorer.snapshot().metrics).toEqual(['metric_0', 'metric_1']);
    expect(scorer.score(steady)).toBeGreaterThan(0);
  });

  it('takes feedback', () => {
    const scorer = detector.start(grid);
    run(scorer, moments.slice(0, -12));
    const alarm = moments.slice(-12).find((moment) => scorer.score(moment) > 1) ?? [];
    const score = scorer.score(alarm);
    scorer.feedback('false-alarm', score);
    expect(scorer.score(alarm)).toBeLessThan(Math.max(1, score));
  });

  it('refuses a snapshot that is none of its own', () => {
    expect(() => detector.restore(grid, { metrics: ['a'], state: new Float64Array(3) })).toThrow(
      /snapshot of the host score: got 3 numbers, want/,
    );
  });
});
