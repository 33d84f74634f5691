/** Decides for each series which samples are new. */
export interface SampleGate {
  /** Makes room for `slots` series, new ones having seen nothing before `since[slot]`. */
  open(slot: number, sinceMs: number, toleranceMs: number): void;
  /** Gives a slot another tolerance; what it has seen stays. */
  tolerate(slot: number, toleranceMs: number): void;
  /** Why a sample is dropped, or `new`. */
  judge(slot: number, timeMs: number): Judgement;
  /** Keeps the state of `kept[i]` as that of slot i. */
  renumber(kept: Int32Array): void;
}

export type Judgement = 'new' | 'duplicate' | 'old';

/** Times remembered behind the newest, so that one that comes late is known to be new. */
const remembered = 4;

/**
 * A gate with a few numbers for each series: the newest time and the `remembered` accepted before it. A sample behind the newest
 * passes if it is within the tolerance and none of those; where the memory does not reach back so far, it is called old.
 */
export function createSampleGate(): SampleGate {
  let newest = new Float64Array(256);
  let tolerances = new Float64Array(256);
  let recent = new Float64Array(256 * remembered);

  const grow = (slots: number): void => {
    newest = grown(newest, slots);
    tolerances = grown(tolerances, slots);
    recent = grown(recent, slots * remembered);
  };
  const remember = (slot: number, timeMs: number): void => {
    const start = slot * remembered;
    let oldest = start;
    for (let i = start + 1; i < start + remembered; i++) if (recent[i] < recent[oldest]) oldest = i;
    if (timeMs > recent[oldest]) recent[oldest] = timeMs;
  };
  const judgeLate = (slot: number, timeMs: number): Judgement => {
    if (timeMs === newest[slot]) return 'duplicate';
    if (!(timeMs > newest[slot] - tolerances[slot])) return 'old';
    let oldest = Infinity;
    for (let i = slot * remembered; i < (slot + 1) * remembered; i++) {
      if (recent[i] === timeMs) return 'duplicate';
      oldest = Math.min(oldest, recent[i]);
    }
    if (timeMs < oldest) return 'old';
    remember(slot, timeMs);
    return 'new';
  };
  return {
    open(slot, sinceMs, toleranceMs) {
      if (slot >= newest.length) grow(2 * (slot + 1));
      newest[slot] = sinceMs;
      tolerances[slot] = toleranceMs;
      recent.fill(sinceMs, slot * remembered, (slot + 1) * remembered);
    },
    tolerate(slot, toleranceMs) {
      tolerances[slot] = toleranceMs;
    },
    judge(slot, timeMs) {
      if (!(timeMs > newest[slot])) return judgeLate(slot, timeMs);
      if (tolerances[slot] > 0) remember(slot, newest[slot]);
      newest[slot] = timeMs;
      return 'new';
    },
    renumber(kept) {
      const take = (from: Float64Array, width: number): Float64Array<ArrayBuffer> => {
        const to = new Float64Array(Math.max(256, kept.length) * width);
        kept.forEach((old, slot) => to.set(from.subarray(old * width, (old + 1) * width), slot * width));
        return to;
      };
      newest = take(newest, 1);
      tolerances = take(tolerances, 1);
      recent = take(recent, remembered);
    },
  };
}

function grown(array: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(array);
  return larger;
}
