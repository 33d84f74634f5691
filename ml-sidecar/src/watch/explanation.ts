import { z } from 'zod';
import type { GaugeSettings } from '../configuration/configuration.ts';
import { cycleSecondsOf } from '../forecasters/cycle.ts';
import type { ChoiceBucket } from '../forecasters/forecaster.ts';
import { DAY_SECONDS, seasonsOf, WEEK_SECONDS } from '../stats/seasons.ts';
import { leastSamples } from './cold-start.ts';
import { outlookOf } from './outlook.ts';
import { coverageLevels } from './track-record.ts';
import { seriesStates, type WatchedSeries } from './watched-series.ts';
import type { Watch } from './watch.ts';

/** Null where there is no such number (yet), or it is infinite. */
const figure = z.number().nullable();

/** Why one series is forecast as it is. Times are Unix seconds, spans seconds, losses and slopes in the unit of the series. */
export const explanationSchema = z.object({
  watch: z.string(),
  labels: z.record(z.string(), z.string()),
  state: z.enum(seriesStates),
  /** Why it is in this state, where that needs words. */
  because: z.string().nullable(),
  /** Values held to learn from, and how many can be. */
  samples: z.object({ held: z.number(), most: z.number(), step: z.number() }),
  newest: z.object({ time: figure, value: figure, score: figure }),
  model: z.string().nullable(),
  lastFit: figure,
  /** 1 − loss / loss of seasonal naive: of late, and in the backtests of the last fit. */
  skill: z.object({ live: figure, backtest: figure }),
  /** What the model compared, where it compares others. */
  compared: z
    .object({
      /** Newest origin, and how many there were. */
      at: figure,
      origins: z.number(),
      /** By lead: up to an hour, six hours, a day, and beyond (null). */
      leads: z.array(
        z.object({
          until: figure,
          origins: z.number(),
          /** Mean pinball loss of what was issued. */
          loss: figure,
          models: z.array(z.object({ name: z.string(), loss: figure, weight: figure })),
          bands: z.array(z.object({ level: z.number(), coverage: figure, widenedBy: figure })),
        }),
      ),
    })
    .nullable(),
  /** Cycles that the models know of, spans in seconds: day, week, and the `cycle` that was found in what is held. */
  seasons: z.array(z.object({ name: z.string(), span: z.number() })),
  /** The straight way that it has set out on, if the forecast follows one: since when, and its change an hour. */
  ramp: z.object({ since: z.number(), perHour: z.number() }).nullable(),
  /** Share of values inside each central band: of late, and in backtests. */
  bands: z.array(z.object({ level: z.number(), live: figure, backtest: figure })),
  limits: z.array(
    z.object({
      name: z.string(),
      side: z.enum(['above', 'below']),
      value: z.number(),
      /** Seconds until it is passed, by quantile; null: not within the horizon. */
      times: z.array(z.object({ quantile: z.number(), seconds: figure })),
      chances: z.array(z.object({ within: z.number(), probability: figure })),
    }),
  ),
});

export type Explanation = z.output<typeof explanationSchema>;

/** Explains one series of `watch` as of `now`, Unix seconds. Plain data. */
export function explain(watch: Watch, series: WatchedSeries, gauges: GaugeSettings, now: number): Explanation {
  const { fitted, ring, record, shape } = series;
  const { step } = shape;
  const live = record.coverageRatios();
  return {
    watch: watch.settings.name,
    labels: series.labels,
    state: watch.stateOf(series),
    because: reasonOf(watch, series),
    samples: { held: ring.finite, most: ring.capacity, step },
    newest: { time: finite(series.lastFinite * step), value: finite(ring.at(series.lastFinite)), score: finite(series.score) },
    model: fitted?.model ?? null,
    lastFit: fitted?.time ?? null,
    skill: { live: finite(series.skill), backtest: finite(fitted?.skill ?? NaN) },
    compared: comparedOf(series),
    seasons: [...seasonsKnown(step), ...cycleFound(series)],
    ramp: fitted?.ramp ? { since: fitted.ramp.since, perHour: 3600 * fitted.ramp.slope } : null,
    bands: coverageLevels.map((level, i) => ({ level, live: finite(live[i]), backtest: finite(fitted?.coverage?.[i] ?? NaN) })),
    limits: limitsOf(watch, series, gauges, now),
  };
}

function reasonOf(watch: Watch, series: WatchedSeries): string | null {
  const state = watch.stateOf(series);
  const wanted = Math.max(leastSamples, series.shape.forecaster.minSamples);
  if (state === 'stale') return 'it has given no value for a while';
  if (state === 'learning') return `${series.ring.finite} values are known, and a first fit wants ${wanted}`;
  if (state === 'unforecastable') return series.fitted?.because ?? 'the forecasts of late were worse than seasonal naive';
  return null;
}

function comparedOf({ choice }: WatchedSeries): Explanation['compared'] {
  if (choice === undefined) return null;
  return { at: choice.origins > 0 ? finite(choice.comparedAt) : null, origins: choice.origins, leads: choice.buckets.map(leadOf) };
}

function leadOf({
  untilSeconds,
  origins,
  loss,
  losses,
  weights,
  widths,
  coverage,
}: ChoiceBucket): NonNullable<Explanation['compared']>['leads'][number] {
  return {
    until: untilSeconds < Number.MAX_SAFE_INTEGER ? untilSeconds : null,
    origins,
    loss: origins > 0 ? finite(loss) : null,
    models: Object.keys(weights).map((name) => ({ name, loss: finite(losses[name] ?? NaN), weight: finite(weights[name]) })),
    bands: coverageLevels.map((level, i) => ({
      level,
      coverage: origins > 0 ? finite(coverage[i]) : null,
      widenedBy: finite(widths[i]),
    })),
  };
}

function seasonsKnown(step: number): Explanation['seasons'] {
  const { day, week } = seasonsOf(step);
  return [...(day > 0 ? [{ name: 'day', span: DAY_SECONDS }] : []), ...(week > 0 ? [{ name: 'week', span: WEEK_SECONDS }] : [])];
}

function cycleFound(series: WatchedSeries): Explanation['seasons'] {
  const seconds = series.ring.finite > 0 ? cycleSecondsOf(series.history()) : undefined;
  return seconds === undefined ? [] : [{ name: 'cycle', span: Math.round(seconds) }];
}

function limitsOf(watch: Watch, series: WatchedSeries, gauges: GaugeSettings, now: number): Explanation['limits'] {
  const horizons = gauges.horizons.filter((horizon) => horizon <= watch.settings.horizon);
  const outlooks = outlookOf(series, watch.settings.limits, now, gauges.quantiles, horizons);
  return watch.settings.limits.map(({ name, side, value }) => {
    const outlook = outlooks.find(({ limit }) => limit === name);
    return {
      name,
      side,
      value,
      times: gauges.quantiles.map((quantile, i) => ({ quantile, seconds: finite(outlook?.seconds[i] ?? NaN) })),
      chances: horizons.map((within, i) => ({ within, probability: finite(outlook?.probabilities[i] ?? NaN) })),
    };
  });
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
