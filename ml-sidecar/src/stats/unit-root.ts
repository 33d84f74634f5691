/** Critical value of `kpss` at 5 % (Kwiatkowski and others, table 1). */
export const KPSS_CRITICAL = 0.463;

/**
 * How strongly `values` speak against a level that stays: the statistic of Kwiatkowski, Phillips, Schmidt and Shin ("Testing the
 * null hypothesis of stationarity against the alternative of a unit root", Journal of Econometrics 54, 1992), with Bartlett's
 * weights over `lags` autocovariances. NaNs count as no deviation; 0 for a constant.
 */
export function kpss(values: Float64Array, lags: number): number {
  let known = 0;
  let mean = 0;
  for (const value of values) if (!Number.isNaN(value)) mean += (value - mean) / ++known;
  if (known === 0) return 0;
  const deviations = values.map((value) => (Number.isNaN(value) ? 0 : value - mean));
  let sum = 0;
  let path = 0;
  for (const deviation of deviations) {
    sum += deviation;
    path += sum * sum;
  }
  let variance = autocovariance(deviations, 0);
  for (let lag = 1; lag <= lags; lag++) variance += 2 * (1 - lag / (lags + 1)) * autocovariance(deviations, lag);
  return variance > 0 ? path / (known * known * (variance / known)) : 0;
}

function autocovariance(deviations: Float64Array, lag: number): number {
  let sum = 0;
  for (let t = lag; t < deviations.length; t++) sum += deviations[t] * deviations[t - lag];
  return sum;
}
