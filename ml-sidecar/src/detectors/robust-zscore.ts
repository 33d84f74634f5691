import { MAD_TO_DEVIATION } from '../stats/mad.ts';
import { learnTail, TAIL_HEAD, TAIL_RING, tailRule, thresholdOf } from './block-maxima.ts';
import type { Detector, Scorer, ScorerGrid } from './detector.ts';
import { factorAfter } from './feedback.ts';

/** Samples kept of the last day; finer grids are thinned to this. */
const WINDOW = 288;
/** Samples before the first score. */
const WARM_UP = 30;
/** Fewer spreads from the median are never anomalous; heavy tails make 3 far too few on host metrics. */
const THRESHOLD = 6;
/** The threshold is at least this multiple of what the maxima of six hours reach, save a few a week. */
const MARGIN = 1.2;
const FALSE_ALERTS_PER_WEEK = 0.5;
/** Where the tail stops to believe, as a multiple of its own threshold. */
const TRUSTED = 1.5;
/** Smallest spread, as a share of the level: a change below `THRESHOLD` times this is nobody's trouble. */
const LEVEL_FLOOR = 0.005;
/** Smallest spread, in steps of the resolution: a counter that moves by ones is not surprised by a few. */
const RESOLUTION_FLOOR = 0.5;
/** Makes the distance from the 5 % to the 95 % quantile of a normal distribution equal its standard deviation. */
const TAILS_TO_DEVIATION = 1 / 3.29;
/** Seconds after which an unbroken run of anomalous values is taken for a new level. */
const SHIFT_AFTER = 12 * 3600;
/** Values learned between two looks at the whole window. */
const REFRESH = 16;
/** No finite number means "how far" where the series never moved; this one does. */
const HIGHEST = 1e6;

/** Places in the state vector; the window follows. */
const FILLED = 0;
const NEXT = 1;
const MEDIAN = 2;
const SPREAD = 3;
const RUN = 4;
const THINNED = 5;
const PENDING = 6;
const FACTOR = 7;
const TAIL = 8;
const RING = TAIL + TAIL_HEAD;
const HEADER = RING + TAIL_RING;

/**
 * Distance from the median of the last day in robust spreads, divided by a threshold that block maxima set. Knows no season: on a series with a
 * strong daily shape it sees only what leaves the range of the day. Median and MAD bear up to half the window being wrong;
 * where more than half of the values are equal the MAD is 0 and the 5–95 % range and the floors stand in.
 * Source: Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993), section 3.
 */
export const robustZscore: Detector = {
  name: 'robust-zscore',
  start: (grid) => scorer(grid, emptyState()),
  restore(grid, snapshot) {
    if (snapshot.length !== HEADER + WINDOW) {
      throw new RangeError(`snapshot of robust-zscore: got ${snapshot.length} numbers, want ${HEADER + WINDOW}`);
    }
    return scorer(grid, snapshot.slice());
  },
};

function emptyState(): Float64Array {
  const state = new Float64Array(HEADER + WINDOW);
  state[FACTOR] = 1;
  return state;
}

function scorer(grid: ScorerGrid, state: Float64Array): Scorer {
  const stride = Math.max(1, Math.round(86_400 / grid.step / WINDOW));
  const patience = Math.max(REFRESH, Math.round(SHIFT_AFTER / grid.step));
  const rule = tailRule(grid.step, FALSE_ALERTS_PER_WEEK, MARGIN, THRESHOLD);
  const spreadsOf = (value: number): number => {
    if (!Number.isFinite(value) || state[FILLED] < WARM_UP) return 0;
    const distance = Math.abs(value - state[MEDIAN]);
    return distance === 0 ? 0 : Math.min(HIGHEST, distance / state[SPREAD]);
  };
  const threshold = (): number => Math.max(THRESHOLD, thresholdOf(state, TAIL, rule));
  const score = (value: number): number => spreadsOf(value) / (threshold() * state[FACTOR]);
  return {
    score,
    learn(value) {
      if (!Number.isFinite(value)) return;
      state[RUN] = score(value) > 1 ? state[RUN] + 1 : 0;
      if (state[FILLED] >= WARM_UP) learnTail(state, TAIL, RING, rule, Math.min(spreadsOf(value), TRUSTED * threshold()));
      if (state[RUN] > 0 && state[RUN] <= patience) return;
      state[THINNED]++;
      if (state[THINNED] < stride && state[FILLED] >= WARM_UP) return;
      state[THINNED] = 0;
      push(state, value);
    },
    expected() {
      if (state[FILLED] < WARM_UP) return undefined;
      return { value: state[MEDIAN], spread: state[SPREAD], level: state[MEDIAN], season: 0 };
    },
    feedback(verdict, given) {
      state[FACTOR] = factorAfter(verdict, state[FACTOR], given);
    },
    snapshot: () => state.slice(),
  };
}

function push(state: Float64Array, value: number): void {
  state[HEADER + state[NEXT]] = value;
  state[NEXT] = (state[NEXT] + 1) % WINDOW;
  state[FILLED] = Math.min(WINDOW, state[FILLED] + 1);
  state[PENDING]++;
  if (state[PENDING] < REFRESH && state[FILLED] > WARM_UP + REFRESH) return;
  state[PENDING] = 0;
  refresh(state);
}

/** Sorts the window once and reads everything from it. */
function refresh(state: Float64Array): void {
  const count = state[FILLED];
  const sorted = state.slice(HEADER, HEADER + count).sort();
  const median = (sorted[(count - 1) >> 1] + sorted[count >> 1]) / 2;
  const distances = sorted.map((value) => Math.abs(value - median)).sort();
  const mad = (distances[(count - 1) >> 1] + distances[count >> 1]) / 2;
  const tails = sorted[Math.round(0.95 * (count - 1))] - sorted[Math.round(0.05 * (count - 1))];
  state[MEDIAN] = median;
  state[SPREAD] = Math.max(
    MAD_TO_DEVIATION * mad,
    TAILS_TO_DEVIATION * tails,
    LEVEL_FLOOR * Math.abs(median),
    RESOLUTION_FLOOR * smallestGap(sorted),
  );
}

/** Smallest difference between two unequal neighbours of an ascending array; 0 where all are equal. */
function smallestGap(sorted: Float64Array): number {
  let gap = Infinity;
  for (let i = 1; i < sorted.length; i++) {
    const difference = sorted[i] - sorted[i - 1];
    if (difference > 0 && difference < gap) gap = difference;
  }
  return gap === Infinity ? 0 : gap;
}
