import { normalCdf, normalQuantile } from '../stats/normal.ts';
import { seededRandom } from '../stats/random.ts';
import { anchorsUpTo } from './horizon-spread.ts';

/** What the bands of a fit are made of. */
export interface ProphetBands {
  /** Changes of slope to be expected in one step. */
  readonly rate: number;
  /** Mean size of a change: of the trend in one step. */
  readonly change: number;
  /** Standard deviation of what is left. */
  readonly noise: number;
}

/** Numbers of changes to be expected for which distances are simulated; far beyond the last they are normal. */
const EXPECTED = Float64Array.from({ length: 13 }, (_, i) => 2 ** (i / 2 - 2));
const DRAWS = 2000;
/** Where the distances kept for each begin and end among all, narrower towards the far ones. Either direction is as likely. */
const EDGES = [0, 0.2, 0.4, 0.6, 0.75, 0.85, 0.92, 0.96, 0.98, 0.993, 1] as const;
const STRATA = EDGES.length - 1;
const SEED = 7;

const mixed = new Float64Array(STRATA);
let simulated: Float64Array | null = null;

/**
 * Distance of the quantiles at `levels` from the median at each of `steps` leads, a row a level. Those of a level and of its mirror are
 * worked out once.
 */
export function bandRows(bands: ProphetBands, steps: number, levels: readonly number[]): Float64Array[] {
  const rows = levels.map(() => new Float64Array(steps));
  levels.forEach((level, i) => {
    if (level === 0.5) return;
    const mirror = levels.findIndex((other, j) => j < i && Math.abs(other + level - 1) < 1e-12);
    if (mirror < 0) writeBand(bands, level, rows[i]);
    else for (let h = 0; h < steps; h++) rows[i][h] = -rows[mirror][h];
  });
  return rows;
}

/**
 * Fills `row` with the distance of the quantile `level` from the median, lead by lead: the slope goes on changing as often and by as much
 * (Laplace) as it did in the past, and noise comes on top. How far changes carry the trend is simulated once for all series, since
 * it is a question of how many are to be expected, and mixed with the noise of each series exactly.
 */
function writeBand(bands: ProphetBands, level: number, row: Float64Array): void {
  let from = 0;
  let width = 0;
  for (const anchor of anchorsUpTo(row.length)) {
    writeDistances(bands, anchor);
    const next = mixedQuantile(mixed, bands.noise, level);
    for (let h = from; h < anchor; h++) row[h] = from === 0 ? next : width + ((h + 1 - from) / (anchor - from)) * (next - width);
    from = anchor;
    width = next;
  }
}

/** Fills `mixed` with how far the trend may have gone after `lead` steps. */
function writeDistances({ rate, change }: ProphetBands, lead: number): void {
  simulated ??= simulate();
  const expected = rate * lead;
  const last = EXPECTED.length - 1;
  const place = Math.max(0, Math.min(last, 2 * (Math.log2(expected) + 2)));
  const below = Math.min(last - 1, Math.floor(place));
  const deviation = rate > 0 ? (change / rate) * Math.sqrt((2 / 3) * expected ** 3) : 0;
  for (let i = 0; i < STRATA; i++) {
    const lower = simulated[below * STRATA + i];
    mixed[i] = deviation * (lower + (place - below) * (simulated[(below + 1) * STRATA + i] - lower));
  }
}

/**
 * Distances in standard deviations: rows of `STRATA`, one for each of `EXPECTED`. Times of changes come as a Poisson process of rate 1,
 * sizes from a Laplace distribution of mean size 1; the variance at time v is ⅔ v³.
 */
function simulate(): Float64Array {
  const random = seededRandom(SEED);
  const end = EXPECTED[EXPECTED.length - 1];
  const away = Array.from(EXPECTED, () => new Float64Array(DRAWS));
  for (let draw = 0; draw < DRAWS; draw++) {
    for (let time = -Math.log(1 - random()); time < end; time -= Math.log(1 - random())) {
      const size = -Math.log(1 - random()) * (random() < 0.5 ? -1 : 1);
      for (let e = 0; e < EXPECTED.length; e++) away[e][draw] += size * Math.max(0, EXPECTED[e] - time);
    }
  }
  const distances = new Float64Array(EXPECTED.length * STRATA);
  away.forEach((draws, e) => {
    const sorted = draws.map(Math.abs).sort();
    const deviation = Math.sqrt((2 / 3) * EXPECTED[e] ** 3);
    for (let i = 0; i < STRATA; i++)
      distances[e * STRATA + i] = rootMeanSquare(sorted.subarray(EDGES[i] * DRAWS, EDGES[i + 1] * DRAWS)) / deviation;
  });
  return distances;
}

/** Quantile of noise added to a distance that is any of `distances`, to either side, alike. Newton's method. */
function mixedQuantile(distances: Float64Array, noise: number, level: number): number {
  const tail = level < 0.5 ? level : 1 - level;
  let squares = 0;
  for (let i = 0; i < STRATA; i++) squares += (EDGES[i + 1] - EDGES[i]) * distances[i] ** 2;
  const total = Math.sqrt(squares + noise * noise);
  const score = -normalQuantile(tail);
  let x = score * total;
  let lowest = 0;
  let highest = Math.max(x, score * noise + distances[STRATA - 1]);
  for (let round = 0; round < 30; round++) {
    let beyond = 0;
    let density = 0;
    for (let i = 0; i < STRATA; i++) {
      const near = (x - distances[i]) / noise;
      const far = (x + distances[i]) / noise;
      const share = EDGES[i + 1] - EDGES[i];
      beyond += share * (1 - 0.5 * (normalCdf(near) + normalCdf(far)));
      density += share * (Math.exp(-0.5 * near * near) + Math.exp(-0.5 * far * far));
    }
    const miss = beyond - tail;
    if (miss > 0) lowest = x;
    else highest = x;
    const next = x + miss / ((density * 0.5) / (Math.sqrt(2 * Math.PI) * noise));
    const before = x;
    x = next > lowest && next < highest ? next : (lowest + highest) / 2;
    if (Math.abs(x - before) <= 1e-4 * total) break;
  }
  return level < 0.5 ? -x : x;
}

function rootMeanSquare(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum / values.length);
}
