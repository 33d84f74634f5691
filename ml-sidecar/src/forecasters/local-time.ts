import type { Series } from '../stats/series.ts';
import { originOf } from '../stats/series.ts';
import type { Choice, Forecaster, FittedForecaster } from './forecaster.ts';

/**
 * The forecaster working on local wall time, where the series has a wall offset: samples are laid on a grid of local time, on which
 * every day has the same hours, and the forecast is read off at the local time of each step. So a profile stays at the hours
 * people live by when clocks change, and no model need know of it: in spring an hour is a gap, in autumn the second passing of an
 * hour overwrites the first. Without a wall offset nothing changes.
 */
export function inLocalTime(forecaster: Forecaster): Forecaster {
  return {
    ...forecaster,
    fit(series, horizonSteps, previous) {
      const { wallOffset } = series;
      if (!wallOffset) return forecaster.fit(series, horizonSteps, previous);
      const shift = wallOffset(originOf(series));
      const fitted = forecaster.fit(toLocal(series, wallOffset), horizonSteps, previous && shifted(previous, shift));
      return fromLocal(fitted, series, wallOffset);
    },
  };
}

/** The series as `inLocalTime` hands it to its forecaster. */
export function onLocalGrid(series: Series): Series {
  return series.wallOffset ? toLocal(series, series.wallOffset) : series;
}

/** The series on a grid of local time that ends with its last sample; where it had no hour there is a gap. */
function toLocal(series: Series, wallOffset: (time: number) => number): Series {
  const { start, step } = series;
  const count = series.values.length;
  const localStart = start + wallOffset(start);
  const end = originOf(series);
  const length = Math.max(1, Math.round((end + wallOffset(end) - localStart) / step) + 1);
  const values = new Float64Array(length).fill(NaN);
  const weights = series.weights ? new Float64Array(length).fill(1) : undefined;
  for (let i = 0; i < count; i++) {
    const time = start + i * step;
    const place = Math.round((time + wallOffset(time) - localStart) / step);
    if (place < 0 || place >= length) continue;
    values[place] = series.values[i];
    if (weights && series.weights) weights[place] = series.weights[i];
  }
  const { holidays } = series;
  return { start: localStart, step, values, ...(weights ? { weights } : {}), ...(holidays ? { holidays } : {}) };
}

/** Reads a forecast in local time off at the local times of the steps of `series`. */
function fromLocal(fitted: FittedForecaster, series: Series, wallOffset: (time: number) => number): FittedForecaster {
  const { step } = series;
  const origin = originOf(series);
  const localOrigin = origin + wallOffset(origin);
  const { choice } = fitted;
  return {
    ...fitted,
    ...(choice ? { choice: shifted(choice, -wallOffset(origin)) } : {}),
    forecast(steps, levels) {
      // Steps that fall into an hour that has been before are as the first step after it.
      const leads = Array.from({ length: steps }, (_, h) => {
        const time = origin + (h + 1) * step;
        return Math.max(1, Math.round((time + wallOffset(time) - localOrigin) / step));
      });
      const local = fitted.forecast(Math.max(...leads, 1), levels);
      const rows = local.rows.map((row) => Float64Array.from(leads, (lead) => row[lead - 1]));
      return { ...local, start: origin + step, rows };
    },
  };
}

function shifted(choice: Choice, seconds: number): Choice {
  return { ...choice, comparedAt: choice.comparedAt + seconds };
}
