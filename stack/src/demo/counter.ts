/** A counter that grows at a given rate: the integral of the rate from `origin` on. */
export interface Counter {
  /** Value at a time in seconds, not before the origin. */
  at(time: number): number;
}

/** The rate is taken as straight between its values at whole minutes. */
const cell = 60;

/**
 * Turns a rate (per second, never negative) into a counter. What was integrated is kept, so that asking for times in order costs little;
 * the value at a time does not depend on what was asked before.
 */
export function integrate(rate: (time: number) => number, origin: number): Counter {
  const sums: number[] = [0];
  const rates: number[] = [rate(origin)];
  const extend = (cells: number): void => {
    for (let i = rates.length; i <= cells + 1; i++) {
      rates.push(rate(origin + i * cell));
      sums.push(sums[i - 1] + ((rates[i - 1] + rates[i]) / 2) * cell);
    }
  };
  return {
    at(time) {
      const place = (time - origin) / cell;
      const index = Math.floor(place);
      extend(index);
      const share = place - index;
      const here = rates[index] + (rates[index + 1] - rates[index]) * share;
      return sums[index] + ((rates[index] + here) / 2) * share * cell;
    },
  };
}
