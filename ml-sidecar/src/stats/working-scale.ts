import { quantileInPlace } from './quantile.ts';
import { createWorkspace } from './workspace.ts';

/**
 * The scale on which a model works: values of a series that never is negative are taken as log(value + offset), because what
 * cannot fall below zero usually varies in proportion to its level; then all are centred and divided by their spread.
 */
export interface WorkingScale {
  /** Added before the logarithm; NaN where the values are taken as they are. */
  readonly offset: number;
  readonly centre: number;
  /** Positive. */
  readonly spread: number;
  /** Where values brought back are stopped: half as far again outside of what was seen as its whole span, and never below zero on a logarithm. */
  readonly lowest: number;
  readonly highest: number;
}

/** Working values are stopped here: one absurd sample must not carry a fit away. */
const FARTHEST = 50;
/** Samples looked at for centre and spread. */
const MOST_SAMPLES = 1500;

const sample = createWorkspace();

/** Scale for the known ones of `values[0..count)`, NaN being gaps; at least one must be known. */
export function workingScaleOf(values: Float64Array, count: number): WorkingScale {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const from = sample.take(MOST_SAMPLES + 1);
  const taken = thinOut(values, count, from);
  const offset =
    low >= 0 && high > 0 ? 0.1 * quantileInPlace(from, taken, 0.5) + 0.02 * quantileInPlace(from, taken, 0.98) + 1e-9 * high : NaN;
  if (offset > 0) for (let i = 0; i < taken; i++) from[i] = Math.log(from[i] + offset);
  const centre = quantileInPlace(from, taken, 0.5);
  let mean = 0;
  for (let i = 0; i < taken; i++) {
    from[i] = Math.abs(from[i] - centre);
    mean += from[i] / taken;
  }
  const spread = Math.max(1.4826 * quantileInPlace(from, taken, 0.5), 0.25 * mean);
  const span = high - low;
  return {
    offset,
    centre,
    spread: spread > 0 ? spread : 1,
    lowest: offset > 0 ? Math.max(0, low - span) : low - span,
    highest: high + span,
  };
}

/** The value on the working scale. */
export function toWorking(scale: WorkingScale, value: number): number {
  const level = scale.offset > 0 ? Math.log(value + scale.offset) : value;
  return Math.max(-FARTHEST, Math.min(FARTHEST, (level - scale.centre) / scale.spread));
}

/** The value that stands for `working` in the unit of the series. Ascends with `working`. */
export function fromWorking(scale: WorkingScale, working: number): number {
  const level = scale.centre + scale.spread * working;
  const value = scale.offset > 0 ? Math.exp(level) - scale.offset : level;
  return Math.max(scale.lowest, Math.min(scale.highest, value));
}

function thinOut(values: Float64Array, count: number, into: Float64Array): number {
  const stride = Math.max(1, Math.ceil(count / MOST_SAMPLES));
  let taken = 0;
  for (let phase = 0; phase < stride && taken === 0; phase++) {
    for (let i = phase; i < count; i += stride) if (!Number.isNaN(values[i])) into[taken++] = values[i];
  }
  return taken;
}
