/** Past this no square overflows; no measured value comes near. */
const HUGE = 1e100;

/** `value` as a detector may use it: NaN for what is not finite, and cut to ±1e100, so that squares stay finite. */
export function orGap(value: number): number {
  if (value - value !== 0) return NaN;
  return value > HUGE ? HUGE : value < -HUGE ? -HUGE : value;
}
