import { describe, expect, it } from 'vitest';
import type { Scorer } from './detector.ts';
import { detectorNamed, detectors } from './index.ts';

const grid = { start: 1_700_000_400, step: 300 };
const DAY = 288;

/** A seeded generator (mulberry32) of numbers in [0, 1). */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function spikesOf(length: number): number[] {
  return [length - 20 - 5 * DAY, length - 20].filter((spike) => spike > 0);
}

/** A day shape of height 40 around 100 with noise of about ±10, spikes of 300 near its end and five days before that, a hole of ten. */
function wavySeries(days = 6, seed = 1): Float64Array {
  const next = random(seed);
  const values = Float64Array.from(
    { length: days * DAY },
    (_, t) => 100 + 20 * Math.sin((2 * Math.PI * t) / DAY) + 10 * (next() + next() - 1),
  );
  values.fill(NaN, 3 * DAY, 3 * DAY + 10);
  for (const spike of spikesOf(values.length)) values[spike] = 300;
  return values;
}

/** Scores and learns every value in turn. */
function run(scorer: Scorer, values: ArrayLike<number>): Float64Array {
  const scores = new Float64Array(values.length);
  for (let t = 0; t < values.length; t++) {
    scores[t] = scorer.score(values[t]);
    scorer.learn(values[t]);
  }
  return scores;
}

describe('the list of detectors', () => {
  it('has no name twice and finds each by its name', () => {
    expect(new Set(detectors.map((detector) => detector.name)).size).toBe(detectors.length);
    for (const detector of detectors) expect(detectorNamed(detector.name)).toBe(detector);
    expect(detectorNamed('no-such-detector')).toBeUndefined();
  });
});

describe.each(detectors.map((detector) => ({ name: detector.name, detector })))('detector $name', ({ detector }) => {
  it('gives finite scores ≥ 0, also for what is no sensible value', () => {
    const ugly = [NaN, Infinity, -Infinity, 0, -0, 1e308, -1e308, 5e-324, 1];
    const scorer = detector.start(grid);
    const values = [...ugly, ...wavySeries(), ...ugly, ...wavySeries(2, 9), ...ugly];
    for (const score of run(scorer, values)) {
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThan(Infinity);
    }
  });

  it('scores 0 before it has learned anything, and 0 for a gap', () => {
    const scorer = detector.start(grid);
    expect(scorer.score(7)).toBe(0);
    run(scorer, wavySeries());
    expect(scorer.score(NaN)).toBe(0);
  });

  it('finds a spike of ten times the noise and is quiet on nearly all of the rest', () => {
    const values = wavySeries(12);
    const scores = run(detector.start(grid), values);
    for (const spike of spikesOf(values.length)) expect(scores[spike]).toBeGreaterThan(1);
    expect(scores.filter((score) => score > 1).length).toBeLessThan(25);
  });

  it('scores first and learns after: the score of a value depends on no later value', () => {
    const values = wavySeries();
    const whole = run(detector.start(grid), values);
    const half = run(detector.start(grid), values.subarray(0, 700));
    expect(whole.subarray(0, 700)).toEqual(half);
  });

  it('changes nothing by scoring', () => {
    const values = wavySeries();
    const asked = detector.start(grid);
    const scores = Float64Array.from(values, (value) => {
      asked.score(1e9);
      asked.score(-1e9);
      const score = asked.score(value);
      expect(asked.score(value)).toBe(score);
      asked.learn(value);
      return score;
    });
    expect(scores).toEqual(run(detector.start(grid), values));
  });

  it('is deterministic', () => {
    expect(run(detector.start(grid), wavySeries())).toEqual(run(detector.start(grid), wavySeries()));
  });

  it.each([1024, 2 ** -20])('gives the same scores for the series times %d', (factor) => {
    const values = wavySeries();
    const scores = run(detector.start(grid), values);
    const scaled = run(
      detector.start(grid),
      values.map((value) => value * factor),
    );
    for (let t = 0; t < values.length; t++) expect(scaled[t]).toBeCloseTo(scores[t], 6);
  });

  it('gives the same scores for the series moved up, as long as the noise is above the floor', () => {
    const values = wavySeries();
    const scores = run(detector.start(grid), values);
    const moved = run(
      detector.start(grid),
      values.map((value) => value + 64),
    );
    for (let t = 0; t < values.length; t++) expect(moved[t]).toBeCloseTo(scores[t], 4);
  });

  it('never alarms on a constant series, nor on noise below the scale floor', () => {
    const next = random(3);
    const constant = run(detector.start(grid), new Float64Array(4 * DAY).fill(42));
    expect(Math.max(...constant)).toBeLessThanOrEqual(1);
    const values = Float64Array.from({ length: 8 * DAY }, (_, t) => 42 + (t > 4 * DAY ? 0.001 * (next() - 0.5) : 0));
    expect(Math.max(...run(detector.start(grid), values))).toBeLessThanOrEqual(1);
  });

  it('bears gaps, long and short', () => {
    const next = random(5);
    const values = wavySeries(10).map((value, t) => (next() < 0.1 || (t > 4 * DAY && t < 5 * DAY) ? NaN : value));
    const scores = run(detector.start(grid), values);
    expect(scores.filter((score) => score > 1).length).toBeLessThan(30);
    expect(scores.filter((score, t) => score !== 0 && Number.isNaN(values[t])).length).toBe(0);
  });

  it('does not take an outage for normal: a day after two hours of it, the same still alarms', () => {
    const values = wavySeries(9);
    values.fill(1000, 6 * DAY, 6 * DAY + 24);
    const scorer = detector.start(grid);
    const scores = run(scorer, values.subarray(0, 7 * DAY + 24));
    expect(Math.max(...scores.subarray(6 * DAY, 6 * DAY + 24))).toBeGreaterThan(1);
    expect(scorer.score(1000)).toBeGreaterThan(1);
  });

  it('takes up a shift that lasts', () => {
    const values = wavySeries(14).map((value, t) => (t > 7 * DAY ? value + 500 : value));
    const scores = run(detector.start(grid), values);
    expect(Math.max(...scores.subarray(7 * DAY, 7 * DAY + 6))).toBeGreaterThan(1);
    expect(scores.subarray(13 * DAY, 14 * DAY - 210).filter((score) => score > 1).length).toBeLessThan(5);
  });

  it('needs no more memory for a long history than for a short one, and at most 64 KB', () => {
    const scorer = detector.start(grid);
    run(scorer, wavySeries(2));
    const short = scorer.snapshot().length;
    run(scorer, wavySeries(20));
    expect(scorer.snapshot().length).toBe(short);
    expect(scorer.snapshot().byteLength).toBeLessThanOrEqual(64 * 1024);
  });

  it.each([0, 10, 700, 1500])('goes on from a snapshot after %d values as if nothing had been', (cut) => {
    const values = wavySeries(8);
    const scores = run(detector.start(grid), values);
    const first = detector.start(grid);
    run(first, values.subarray(0, cut));
    const kept = Float64Array.from(first.snapshot());
    const second = detector.restore(grid, kept);
    run(first, values.subarray(cut, cut + 100));
    expect(run(second, values.subarray(cut))).toEqual(scores.subarray(cut));
  });

  it('refuses a snapshot that is none of its own', () => {
    expect(() => detector.restore(grid, new Float64Array(3))).toThrow(/snapshot of .*: got 3 numbers, want/);
  });
});
