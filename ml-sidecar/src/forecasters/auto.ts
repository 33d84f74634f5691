import type { Series } from '../stats/series.ts';
import { originOf, prefixOf } from '../stats/series.ts';
import { copyLearnable, requireSamples } from '../stats/learnable.ts';
import { DAY_SECONDS } from '../stats/seasons.ts';
import { SPREAD_LEVELS } from '../stats/spread.ts';
import { createWorkspace } from '../stats/workspace.ts';
import { blendInto } from './blend.ts';
import type { MemberRows } from './blend.ts';
import { bucketRange, compare, firstChoice } from './comparison.ts';
import type { Choice, Forecaster, FittedForecaster } from './forecaster.ts';
import { followHolidays, withoutHolidays } from './free-days.ts';
import { lastValue } from './last-value.ts';
import { forecastMembers, memberContext, MEMBERS } from './members.ts';
import type { MemberContext } from './members.ts';
import { alongPath } from './path.ts';
import { followRamp } from './ramp.ts';

/**
 * The default: the weighted median, level by level, of a few models that err differently (analogs, ridge, day-profile, theta).
 * Before each forecast it looks how they, the blend and the rules of thumb would have done at an earlier origin of the same
 * series, and shifts weights and band widths by what it finds, slowly (adaptive conformal inference, Gibbs and Candès 2021, per
 * bucket of leads). The `choice` says what it found and is taken up by the next fit; while no new origin is due, a fit compares
 * nothing and costs half.
 */
export const auto: Forecaster = {
  name: 'auto',
  minSamples: lastValue.minSamples,
  equivariant: { scale: true, shift: false },
  fit: fitAuto,
};

/** A new origin is due when this much time has passed since the last. */
const COMPARE_EVERY_SECONDS = 21_600;

const known = createWorkspace();
const blended = createWorkspace();

function fitAuto(series: Series, horizonSteps?: number, previous?: Choice): FittedForecaster {
  const { step } = series;
  const count = series.values.length;
  const samples = copyLearnable(series, known.take(count));
  requireSamples('auto', samples, auto.minSamples);
  const steps = horizonSteps ?? Math.max(1, Math.round(DAY_SECONDS / step));
  // The members know no calendar: they are judged and asked as if there were none.
  const context = memberContext(withoutHolidays(series), samples, steps);
  const choice = compareAgain(context, previous ?? firstChoice());
  const leads = Int32Array.from({ length: steps }, (_, h) => h + 1);
  const source = forecastMembers(context, count - 1, leads, (member) => choice.buckets.some((b) => b.weights[MEMBERS[member].name] > 0));
  const rows = new Float64Array(SPREAD_LEVELS.length * steps);
  blendAll(choice, step, leads, source, rows);
  followHolidays(series, source.usual, steps, rows);
  const ramp = followRamp(series, source.usual, steps, rows);
  return {
    ...alongPath({ start: originOf(series) + step, step, steps, rows, day: Math.max(1, context.day) }),
    choice,
    ...(ramp ? { ramp } : {}),
  };
}

/** The choice after one more comparison where one is due and the history long enough. */
function compareAgain(context: MemberContext, choice: Choice): Choice {
  const { series, horizonSteps } = context;
  const count = series.values.length;
  const ahead = Math.max(1, Math.min(horizonSteps, Math.round(DAY_SECONDS / series.step), count >> 2));
  const origin = count - 1 - ahead;
  const time = series.start + origin * series.step;
  // From within an outage nothing can be judged: the outage is not to be learnt, and all that was known then was the outage.
  if (time < choice.comparedAt + COMPARE_EVERY_SECONDS || (series.weights && series.weights[origin] < 0.5)) return choice;
  if (copyLearnable(prefixOf(series, origin), known.take(count)) < 2 * auto.minSamples) return choice;
  const leads = thinned(ahead);
  const source = forecastMembers(context, origin, leads, () => true);
  const blend = blended.take(SPREAD_LEVELS.length * leads.length);
  blendAll(choice, series.step, leads, source, blend);
  return compare(choice, { series, origin, leads, source, blend });
}

/** All of the first leads, then ever fewer: what is compared need not be every step. */
function thinned(ahead: number): Int32Array {
  const leads: number[] = [];
  for (let lead = 1; lead <= ahead; lead += Math.max(1, Math.floor(lead / 24))) leads.push(lead);
  return Int32Array.from(leads);
}

const weights = new Float64Array(MEMBERS.length);

/** The blend of all steps, each with the weights and widths of its bucket. */
function blendAll(choice: Choice, step: number, leads: Int32Array, source: MemberRows, into: Float64Array): void {
  choice.buckets.forEach((bucket, b) => {
    const [from, to] = bucketRange(b, step, leads);
    MEMBERS.forEach(({ name }, m) => (weights[m] = bucket.weights[name] ?? 0));
    blendInto(from, to, source, weights, into);
  });
  widen(choice, step, leads, into);
}

/** Widens the three bands around the median; between the middles of two buckets by what lies between their widths. */
function widen(choice: Choice, step: number, leads: Int32Array, rows: Float64Array): void {
  const { buckets } = choice;
  const steps = leads.length;
  for (let b = 0; b < buckets.length; b++) {
    const [from, to] = bucketRange(b, step, leads);
    const next = buckets[Math.min(b + 1, buckets.length - 1)].widths;
    for (let h = from; h < to; h++) {
      const share = to > from + 1 ? (h - from) / (to - from) : 0;
      const middle = rows[3 * steps + h];
      for (let band = 0; band < 3; band++) {
        const width = buckets[b].widths[band] + share * (next[band] - buckets[b].widths[band]);
        for (const level of [2 - band, 4 + band]) rows[level * steps + h] = middle + width * (rows[level * steps + h] - middle);
      }
      inOrderAround(rows, steps, h);
    }
  }
}

/** Lets no inner band reach past an outer one. */
function inOrderAround(rows: Float64Array, steps: number, h: number): void {
  for (let level = 2; level >= 0; level--) rows[level * steps + h] = Math.min(rows[level * steps + h], rows[(level + 1) * steps + h]);
  for (let level = 4; level < 7; level++) rows[level * steps + h] = Math.max(rows[level * steps + h], rows[(level - 1) * steps + h]);
}
