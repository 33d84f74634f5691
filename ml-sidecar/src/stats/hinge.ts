/** A level that turns into a straight line, through the end of some values. */
export interface Hinge {
  /** Samples since it turned. */
  readonly length: number;
  /** Change a sample since then. */
  readonly slope: number;
  /** Value of the line at the last sample. */
  readonly level: number;
  /** Standard deviation around the line. */
  readonly noise: number;
}

/** Places tried for the turn. */
const PLACES = 24;
/** The line after the turn may fit that much worse than one that need not begin at the level before. */
const WORSE = 1.15;

/**
 * The least-squares hinge through `values[from..count)`, NaN being gaps: the level before says where the line began, so that its
 * slope is known several times better than from the line alone (Hinkley, Biometrika 56, 1969). Turns at `shortest` samples before
 * the end at the latest. Null where a line that does not start from the level fits clearly better, or nothing lies before it.
 */
export function hingeThrough(values: Float64Array, from: number, count: number, shortest: number): Hinge | null {
  const latest = count - shortest;
  const coarse = Math.max(1, Math.floor((latest - from) / PLACES));
  const fine = Math.max(1, Math.round(coarse / 6));
  const near = bestTurn(values, from, count, { first: from + 1, last: latest, stride: coarse });
  if (near === null || near.turn <= from + coarse) return null;
  const around = { first: near.turn - coarse, last: Math.min(latest, near.turn + coarse), stride: fine };
  const { turn, fit } = bestTurn(values, from, count, around) ?? near;
  const free = fitFrom(values, turn, count, turn);
  const { squares, n } = aroundLine(values, turn, count, fit);
  if (free === null || squares > WORSE * WORSE * free.residual) return null;
  const length = count - turn;
  return { length, slope: fit.slope, level: fit.level + fit.slope * (length - 1), noise: Math.sqrt(squares / Math.max(1, n)) };
}

/** Best of the turns `last`, `last − stride`, … down to `first`. */
function bestTurn(
  values: Float64Array,
  from: number,
  count: number,
  { first, last, stride }: { readonly first: number; readonly last: number; readonly stride: number },
): { readonly turn: number; readonly fit: Fit } | null {
  let best: { readonly turn: number; readonly fit: Fit } | null = null;
  for (let turn = last; turn >= first; turn -= stride) {
    const fit = fitFrom(values, from, count, turn);
    if (fit && (best === null || fit.residual < best.fit.residual)) best = { turn, fit };
  }
  return best;
}

/** Level before the turn, slope after it. */
interface Fit {
  readonly level: number;
  readonly slope: number;
  /** Sum of squares. */
  readonly residual: number;
}

/** Least squares of y = level + slope · max(0, i − turn) over `values[from..count)`. */
function fitFrom(values: Float64Array, from: number, count: number, turn: number): Fit | null {
  let n = 0;
  let meanT = 0;
  let meanY = 0;
  let tt = 0;
  let yy = 0;
  let ty = 0;
  for (let i = from; i < count; i++) {
    const y = values[i];
    if (Number.isNaN(y)) continue;
    n++;
    const t = i > turn ? i - turn : 0;
    const dt = t - meanT;
    const dy = y - meanY;
    meanT += dt / n;
    meanY += dy / n;
    tt += dt * (t - meanT);
    yy += dy * (y - meanY);
    ty += dt * (y - meanY);
  }
  if (tt === 0) return null;
  const slope = ty / tt;
  return { level: meanY - slope * meanT, slope, residual: Math.max(0, yy - slope * ty) };
}

/** Sum of squares around the line of a hinge since it turned, and of how many values. */
function aroundLine(values: Float64Array, turn: number, count: number, { level, slope }: Fit): { squares: number; n: number } {
  let squares = 0;
  let n = 0;
  for (let i = turn; i < count; i++) {
    if (Number.isNaN(values[i])) continue;
    squares += (values[i] - level - slope * (i - turn)) ** 2;
    n++;
  }
  return { squares, n };
}
