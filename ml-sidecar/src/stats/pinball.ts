/** Pinball loss of saying that the quantile `level` is `quantile` when `observed` came: ≥ 0, in the unit of the value. */
export function pinballLoss(observed: number, quantile: number, level: number): number {
  const miss = observed - quantile;
  return miss >= 0 ? level * miss : (level - 1) * miss;
}
