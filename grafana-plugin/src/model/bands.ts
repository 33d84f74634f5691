import { clip, concat, firstAtOrAfter, lastValid, type Track } from './track.ts';

/** Two quantiles over time. `share` is the part of samples that it promises to hold (0.95), null when its maker names none. */
export interface Band {
  readonly share: number | null;
  readonly times: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** The quantiles known of one source series, by where they came from; keys are levels (`0.5`), of `ahead` also horizons in ms. */
export interface Quantiles {
  readonly forecast: ReadonlyMap<number, Track>;
  readonly expected: ReadonlyMap<number, Track>;
  readonly ahead: ReadonlyMap<number, ReadonlyMap<number, Track>>;
}

/**
 * One track per level over past and future. What was expected at the time goes before the forecast for the past, and the
 * forecast before horizon gauges for the future. `now` in ms.
 */
export function levelsOverTime(quantiles: Quantiles, now: number): Map<number, Track> {
  const levels = new Set([...quantiles.forecast.keys(), ...quantiles.expected.keys(), ...quantiles.ahead.keys()]);
  const all = new Map<number, Track>();
  for (const level of [...levels].sort((a, b) => a - b)) {
    const forecast = quantiles.forecast.get(level);
    const ahead = placeAhead(quantiles.ahead.get(level), now);
    const past = firstWithSamples([quantiles.expected.get(level), forecast, ahead.past], -Infinity, now);
    const future = firstWithSamples([forecast, ahead.future], now + 1, Infinity);
    // One track over both needs no copy.
    const isWhole = forecast !== undefined && past === forecast && future === forecast;
    all.set(level, isWhole ? forecast : concat(clip(past, -Infinity, now), clip(future, now + 1, Infinity)));
  }
  return all;
}

/**
 * Pairs the levels q and 1 − q into bands, widest first, and adds the band between two unnamed edges. Where quantiles cross, the
 * band lies between the smaller and the larger. Gives too the levels that have no partner and the number of crossings.
 */
export function bandsOf(
  levels: ReadonlyMap<number, Track>,
  edges: { readonly lower?: Track; readonly upper?: Track },
): { bands: Band[]; alone: number[]; crossings: number } {
  const bands: Band[] = [];
  const alone: number[] = [];
  let crossings = 0;
  const add = (share: number | null, lower: Track, upper: Track): void => {
    const band = joined(share, lower, upper);
    crossings += band.crossings;
    if (band.times.length > 0) bands.push(band);
  };
  for (const [level, track] of levels) {
    if (level === 0.5) continue;
    const partner = partnerOf(level, levels);
    if (partner === undefined) alone.push(level);
    else if (level < 0.5) add(Math.round((1 - 2 * level) * 1e4) / 1e4, track, partner);
  }
  if (edges.lower && edges.upper) add(null, edges.lower, edges.upper);
  bands.sort((a, b) => (b.share ?? 1) - (a.share ?? 1));
  return { bands, alone, crossings };
}

/** "95 %", or "expected range" for a band whose share is unknown. */
export function bandName(band: Pick<Band, 'share'>): string {
  return band.share === null ? 'expected range' : `${Number((band.share * 100).toFixed(1))} %`;
}

/** The first track with a sample between two times (ms); an empty one when there is none. */
function firstWithSamples(tracks: readonly (Track | undefined)[], from: number, to: number): Track {
  const found = tracks.find((track) => {
    const next = track === undefined ? undefined : track.times[firstAtOrAfter(track.times, from)];
    return next !== undefined && next <= to;
  });
  return found ?? { times: new Float64Array(0), values: new Float64Array(0) };
}

function partnerOf(level: number, levels: ReadonlyMap<number, Track>): Track | undefined {
  for (const [other, track] of levels) if (Math.abs(other - (1 - level)) < 1e-6) return track;
  return undefined;
}

/**
 * Horizon gauges are stamped when they were issued. The newest of each horizon make the future; the shortest horizon, moved to
 * the times it was about, makes the past.
 */
function placeAhead(byHorizon: ReadonlyMap<number, Track> | undefined, now: number): { past?: Track; future?: Track } {
  if (byHorizon === undefined || byHorizon.size === 0) return {};
  const points: [number, number][] = [];
  for (const [horizon, track] of byHorizon) {
    const issued = clip(track, -Infinity, now);
    const last = lastValid(issued);
    if (last >= 0) points.push([issued.times[last]! + horizon, issued.values[last]!]);
  }
  points.sort((a, b) => a[0] - b[0]);
  const [shortest, track] = [...byHorizon].reduce((a, b) => (b[0] < a[0] ? b : a));
  return {
    past: { times: track.times.map((time) => time + shortest), values: track.values },
    future: { times: Float64Array.from(points, ([time]) => time), values: Float64Array.from(points, ([, value]) => value) },
  };
}

/** A band on the times that both edges have. */
function joined(share: number | null, a: Track, b: Track): Band & { crossings: number } {
  const [low, high] = sameTimes(a.times, b.times) ? [a, b] : commonSamples(a, b);
  const lower = new Float64Array(low.times.length);
  const upper = new Float64Array(low.times.length);
  let crossings = 0;
  for (let index = 0; index < lower.length; index++) {
    const [one, other] = [low.values[index]!, high.values[index]!];
    const crosses = one > other;
    if (crosses) crossings++;
    lower[index] = crosses ? other : one;
    upper[index] = crosses ? one : other;
  }
  return { share, times: low.times, lower, upper, crossings };
}

function sameTimes(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

function commonSamples(a: Track, b: Track): [Track, Track] {
  const [inA, inB]: [number[], number[]] = [[], []];
  for (let i = 0, j = 0; i < a.times.length && j < b.times.length;) {
    const difference = a.times[i]! - b.times[j]!;
    if (difference === 0) {
      inA.push(i);
      inB.push(j);
    }
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  const pick = (track: Track, indexes: number[]): Track => ({
    times: Float64Array.from(indexes, (index) => track.times[index]!),
    values: Float64Array.from(indexes, (index) => track.values[index]!),
  });
  return [pick(a, inA), pick(b, inB)];
}
