/** Where a search ended. */
export interface Minimum {
  readonly at: Float64Array;
  readonly value: number;
}

const MOST_ROUNDS = 60;
const DIFFERENCE = 1e-5;
const FLAT = 1e-10;

/**
 * A local minimum of the smooth function `of`, from `start`: the quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno with
 * central differences and halved steps (Nocedal and Wright, "Numerical Optimization", 2006, chapter 6). `of` may give Infinity
 * where it must not go, but not at the start.
 */
export function minimise(of: (at: Float64Array) => number, start: Float64Array): Minimum {
  const size = start.length;
  let at: Float64Array = start.slice();
  let value = of(at);
  if (size === 0) return { at, value };
  let slope = slopeAt(of, at);
  let inverse = identity(size);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let direction = times(inverse, slope).map((part) => -part);
    if (!(dot(direction, slope) < 0)) {
      inverse = identity(size);
      direction = slope.map((part) => -part);
    }
    const next = descend(of, at, value, direction, dot(direction, slope));
    if (!next) break;
    const gained = value - next.value;
    const nextSlope = slopeAt(of, next.at);
    update(
      inverse,
      next.at.map((part, i) => part - at[i]),
      nextSlope.map((part, i) => part - slope[i]),
    );
    ({ at, value } = next);
    slope = nextSlope;
    if (gained <= FLAT * (1 + Math.abs(value))) break;
  }
  return { at, value };
}

/** The first of ever shorter steps that gains enough; null where none does. */
function descend(of: (at: Float64Array) => number, at: Float64Array, value: number, direction: Float64Array, rate: number): Minimum | null {
  const longest = Math.max(...direction.map(Math.abs));
  for (let share = Math.min(1, 1 / longest); share * longest > 1e-9; share /= 2) {
    const next = at.map((part, i) => part + share * direction[i]);
    const found = of(next);
    if (found <= value + 1e-4 * share * rate) return { at: next, value: found };
  }
  return null;
}

function slopeAt(of: (at: Float64Array) => number, at: Float64Array): Float64Array {
  const moved = at.slice();
  return at.map((part, i) => {
    moved[i] = part + DIFFERENCE;
    const above = of(moved);
    moved[i] = part - DIFFERENCE;
    const below = of(moved);
    moved[i] = part;
    const slope = (above - below) / (2 * DIFFERENCE);
    return Number.isFinite(slope) ? slope : 0;
  });
}

/** Takes up how the slope changed over a step into the inverse of the second derivatives. */
function update(inverse: Float64Array, step: Float64Array, change: Float64Array): void {
  const size = step.length;
  const along = dot(step, change);
  if (!(along > 1e-14)) return;
  const turned = times(inverse, change);
  const scale = (1 + dot(change, turned) / along) / along;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      inverse[i * size + j] += scale * step[i] * step[j] - (step[i] * turned[j] + turned[i] * step[j]) / along;
    }
  }
}

function identity(size: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, k) => (k % (size + 1) === 0 ? 1 : 0));
}

function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  return vector.map((_, i) => dot(matrix.subarray(i * vector.length, (i + 1) * vector.length), vector));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
