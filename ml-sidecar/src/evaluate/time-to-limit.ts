import type { Forecast } from '../stats/series.ts';
import { normalCdf, normalQuantile } from '../stats/normal.ts';
import { seededRandom } from '../stats/random.ts';

/** Where a value hurts: at or above `above`, at or below `below`. */
export type Limit = { readonly above: number } | { readonly below: number };

/**
 * Chance that `limit` has been passed by each step of the forecast; ascends.
 *
 * By simulated paths that keep to the quantiles of the forecast at every step and whose misses carry on as `forecast.misses` says:
 * a part is forgotten at once (and gives a new chance to cross at each step), the rest fades, or wanders where the bands widen. So
 * the repeated chances of noise count, and those of one and the same slow miss count once; what this adds to the chance at the
 * worst single step is held to how often the limit was passed before. Without `misses` nothing is forgotten, nothing held. Of an
 * `unforecastable` series no more is said than how often it has passed the limit.
 * The paths come from a fixed seed: the same forecast gives the same answer.
 */
export function passageProbabilities(forecast: Forecast, limit: Limit): Float64Array {
  if (latest?.forecast !== forecast || latest.limit !== limit) latest = { forecast, limit, passed: passages(forecast, limit) };
  return latest.passed;
}

/** The last answer: a limit is asked about for several horizons and quantiles in turn. */
let latest: { readonly forecast: Forecast; readonly limit: Limit; readonly passed: Float64Array } | undefined;

function passages(forecast: Forecast, limit: Limit): Float64Array {
  const steps = forecast.rows[0]?.length ?? 0;
  const passed = new Float64Array(steps);
  const stride = Math.max(1, Math.ceil(steps / MOST_POINTS));
  const points = Math.ceil(steps / stride);
  const at = (p: number): number => Math.min(steps - 1, (p + 1) * stride - 1);
  const scores = forecast.levels.map(normalQuantile);
  const bars = new Float64Array(points);
  for (let p = 0; p < points; p++) bars[p] = barOf(forecast, at(p), limit, scores);
  const worst = bars.map((bar) => (bar >= FARTHEST ? 0 : 1 - normalCdf(bar)));
  // All chances together bound what any path can do: most series are nowhere near their limits.
  const bound = worst.reduce((sum, chance) => sum + stride * chance, 0);
  const curve = bound < NEGLIGIBLE ? worst : simulate(bars, noiseAndCarry(forecast, limit, at, points, stride), stride);
  const rate = pastRate(forecast, limit);
  const spanSeconds = forecast.misses?.spanSeconds ?? 1;
  let single = 0;
  for (let h = 0; h < steps; h++) {
    const p = Math.min(points - 1, Math.floor(h / stride));
    single = Math.max(single, worst[p]);
    const past = 1 - (1 - rate) ** (((h + 1) * forecast.step) / spanSeconds);
    passed[h] = Math.min(1, Math.max(curve[p], single), forecast.unforecastable === true ? past : single + past);
  }
  return passed;
}

/**
 * Share of past spans in which the limit was passed, 1 where no past is known. Half a span more than it was, so that never is not
 * impossible, but for what is unforecastable.
 */
function pastRate({ misses, unforecastable }: Forecast, limit: Limit): number {
  if (!misses || misses.peaks.length === 0) return 1;
  const { peaks, troughs } = misses;
  const times =
    'above' in limit ? peaks.filter((peak) => peak >= limit.above).length : troughs.filter((trough) => trough <= limit.below).length;
  return unforecastable === true ? times / peaks.length : Math.min(1, (times + 0.5) / (peaks.length + 1));
}

/**
 * Seconds from the origin until the limit is passed, one for each of `quantiles` of the passage time: with quantile 0.1 one time
 * in ten it comes earlier, with 0.9 nine times in ten it has come by then. `Infinity`: not within the horizon of the forecast,
 * with that probability.
 */
export function timeToLimit(forecast: Forecast, limit: Limit, quantiles: readonly number[]): Float64Array {
  const passed = passageProbabilities(forecast, limit);
  return Float64Array.from(quantiles, (quantile) => {
    const step = passed.findIndex((probability) => probability >= quantile - ROUNDING);
    return step < 0 ? Infinity : (step + 1) * forecast.step;
  });
}

/** Chance in [0, 1] that the limit is passed within `withinSeconds` of the origin; of the whole horizon where that is longer. */
export function limitProbability(forecast: Forecast, limit: Limit, withinSeconds: number): number {
  const steps = Math.floor(withinSeconds / forecast.step + 1e-9);
  const passed = passageProbabilities(forecast, limit);
  const last = Math.min(steps, passed.length);
  return last < 1 ? 0 : passed[last - 1];
}

/** The normal distribution function is good to 1.5e-7. */
const ROUNDING = 1e-6;
/** Points of a simulated path; longer forecasts are looked at every few steps. */
const MOST_POINTS = 144;
/** Half of the paths; the others mirror them. */
const PATHS = 100;
/** A path with less weight than this has crossed. */
const LOST = 1e-6;
/** A chance below this is not simulated. */
const NEGLIGIBLE = 0.002;
/** Normal scores past which a chance is none. */
const FARTHEST = 5;

/** Normal innovations of all paths, the same for all series; the first of each path, with its mirror, evenly spread over all levels. */
const innovations = ((): Float64Array => {
  const random = seededRandom(20_240_229);
  return Float64Array.from({ length: PATHS * MOST_POINTS }, (_, i) => {
    const first = i % MOST_POINTS === 0 ? (i / MOST_POINTS + 0.5) / (2 * PATHS) : undefined;
    return normalQuantile(first ?? 0.5 + (random() - 0.5) * 0.999_999);
  });
})();

/** Per point: the share of noise in the variance, and the correlation of the rest with the point before. */
interface PathLaw {
  readonly noise: Float64Array;
  readonly carried: Float64Array;
}

function noiseAndCarry(forecast: Forecast, limit: Limit, at: (p: number) => number, points: number, stride: number): PathLaw {
  const noise = new Float64Array(points);
  const carried = new Float64Array(points);
  const { noise: forgotten, carried: kept } = forecast.misses ?? { noise: 0, carried: 1 };
  let before = 0;
  for (let p = 0; p < points; p++) {
    const whole = variance(forecast, at(p), limit);
    noise[p] = whole > 0 ? Math.min(0.98, forgotten ** 2 / whole) : 0;
    const slow = whole * (1 - noise[p]);
    // What widens the band is new; what does not has been there before, and fades.
    carried[p] = slow > 0 ? Math.min(1, kept ** stride * Math.sqrt(before / slow)) : 1;
    before = slow;
  }
  return { noise, carried };
}

/** Variance at step `h` as if normal, from the median to the outermost level on the side of the limit. */
function variance({ levels, rows }: Forecast, h: number, limit: Limit): number {
  const middle = levels.indexOf(0.5);
  const outer = 'above' in limit ? levels.length - 1 : 0;
  const inner = middle < 0 ? levels.length - 1 - outer : middle;
  const scores = normalQuantile(levels[outer]) - normalQuantile(levels[inner]);
  return scores === 0 ? 0 : ((rows[outer][h] - rows[inner][h]) / scores) ** 2;
}

/** Share of paths that have crossed their bars by each point. Noise is taken in expectation, not drawn: `alive` is a weight. */
function simulate(bars: Float64Array, { noise, carried }: PathLaw, stride: number): Float64Array {
  const points = bars.length;
  const crossed = new Float64Array(points);
  for (let path = 0; path < 2 * PATHS; path++) {
    const mirror = path < PATHS ? 1 : -1;
    const offset = (path % PATHS) * MOST_POINTS;
    let slow = 0;
    let alive = 1;
    for (let p = 0; p < points; p++) {
      const kept = p === 0 ? 0 : carried[p];
      slow = kept * slow + Math.sqrt(1 - kept * kept) * mirror * innovations[offset + p];
      if (alive > LOST) {
        const room = bars[p] - Math.sqrt(1 - noise[p]) * slow;
        if (noise[p] < 1e-4) alive = room <= 0 ? 0 : alive;
        else alive *= power(normalCdf(room / Math.sqrt(noise[p])), stride);
      }
      crossed[p] += (1 - alive) / (2 * PATHS);
    }
  }
  return crossed;
}

/** `base` to a small whole power, several times faster than the operator. */
function power(base: number, times: number): number {
  let product = base;
  for (let k = 1; k < times; k++) product *= base;
  return product;
}

/** Normal score that a path must reach to pass the limit at step `h`. */
function barOf({ rows }: Forecast, h: number, limit: Limit, scores: readonly number[]): number {
  const score = 'above' in limit ? scoreOf(rows, h, limit.above, false, scores) : -scoreOf(rows, h, limit.below, true, scores);
  return Math.max(-FARTHEST, Math.min(FARTHEST, score));
}

/**
 * Normal score of the chance that the value at step `h` lies below `value` (or at it, where `reached`): linear between the levels
 * of the forecast, a normal tail beyond them. `scores`: the normal scores of the levels.
 */
function scoreOf(rows: Forecast['rows'], h: number, value: number, reached: boolean, scores: readonly number[]): number {
  const last = rows.length - 1;
  let under = 0;
  for (const row of rows) if (row[h] < value || (reached && row[h] <= value)) under++;
  if (under === 0 && rows[0][h] === rows[last][h]) return -Infinity;
  if (under > last && rows[0][h] === rows[last][h]) return Infinity;
  if (last === 0) return 0;
  const from = Math.max(0, Math.min(last - 1, under - 1));
  const low = rows[from][h];
  const high = rows[from + 1][h];
  const lowScore = scores[from];
  const highScore = scores[from + 1];
  if (high > low) return lowScore + ((value - low) / (high - low)) * (highScore - lowScore);
  return under > last ? Infinity : under === 0 ? -Infinity : (lowScore + highScore) / 2;
}
