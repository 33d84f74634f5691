import type { Series } from './series.ts';
import { daySlot } from './wall-clock.ts';
import { medianInPlace } from './quantile.ts';
import { createWorkspace } from './workspace.ts';

const members = createWorkspace();

/**
 * The usual value at each of the `day` times of the local day: the median over all days of the known `values` within `reach`
 * slots. `values[i]` belongs to index `i` of `series`, NaN being a gap. Slots with no value are filled from their nearest
 * neighbours on the circle of the day, all NaN if there is none.
 */
export function dayProfile(series: Series, values: Float64Array, day: number, reach: number): Float64Array {
  const n = series.values.length;
  const bySlot = members.take(n + day + 1);
  const profile = new Float64Array(day);
  const starts = new Int32Array(day + 1);
  const slots = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    slots[i] = series.wallOffset || i === 0 ? daySlot(series, i, day) : slots[i - 1] + 1 === day ? 0 : slots[i - 1] + 1;
    if (!Number.isNaN(values[i])) starts[slots[i] + 1]++;
  }
  for (let s = 0; s < day; s++) starts[s + 1] += starts[s];
  const fill = starts.slice(0, day);
  for (let i = 0; i < n; i++) if (!Number.isNaN(values[i])) bySlot[fill[slots[i]]++] = values[i];
  const pool = new Float64Array(starts[day] > 0 ? poolSize(starts, day, reach) : 0);
  for (let s = 0; s < day; s++) profile[s] = medianInPlace(pool, gather(bySlot, starts, s, reach, pool));
  fillCircle(profile);
  return profile;
}

function poolSize(starts: Int32Array, day: number, reach: number): number {
  let most = 0;
  for (let s = 0; s < day; s++) most = Math.max(most, starts[s + 1] - starts[s]);
  return most * (2 * reach + 1);
}

function gather(bySlot: Float64Array, starts: Int32Array, slot: number, reach: number, into: Float64Array): number {
  const day = starts.length - 1;
  let count = 0;
  for (let d = -reach; d <= reach; d++) {
    const s = (slot + d + day) % day;
    for (let i = starts[s]; i < starts[s + 1]; i++) into[count++] = bySlot[i];
  }
  return count;
}

/** Fills the NaN of a circular array linearly between its known neighbours, in place. */
export function fillCircle(circle: Float64Array): void {
  const m = circle.length;
  const anchor = circle.findIndex((value) => !Number.isNaN(value));
  if (anchor < 0) return;
  let last = anchor;
  for (let k = anchor + 1; k <= anchor + m; k++) {
    if (Number.isNaN(circle[k % m])) continue;
    const from = circle[last % m];
    const to = circle[k % m];
    for (let j = last + 1; j < k; j++) circle[j % m] = from + ((j - last) / (k - last)) * (to - from);
    last = k;
  }
}
