import type { MissMemory } from '../stats/variogram.ts';

/** noise, carried, spanSeconds, how many peaks. */
const head = 4;

/** How misses carry on, in one array: the numbers of `head`, the peaks, the troughs. */
export function keptMisses({ noise, carried, spanSeconds, peaks, troughs }: MissMemory): Float64Array {
  const kept = new Float64Array(head + peaks.length + troughs.length);
  kept.set([noise, carried, spanSeconds, peaks.length]);
  kept.set(peaks, head);
  kept.set(troughs, head + peaks.length);
  return kept;
}

/** What is kept so; peaks and troughs are views. */
export function missesOf(kept: Float64Array): MissMemory {
  const [noise, carried, spanSeconds, count] = kept;
  return { noise, carried, spanSeconds, peaks: kept.subarray(head, head + count), troughs: kept.subarray(head + count) };
}

/** Whether `kept` can be read so. */
export function areMisses(kept: Float64Array): boolean {
  return kept.length >= head && Number.isInteger(kept[3]) && kept[3] >= 0 && head + kept[3] <= kept.length;
}
