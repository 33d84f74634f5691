import { z } from 'zod';
import type { Choice } from '../forecasters/forecaster.ts';
import type { LiveState } from './live-series.ts';
import type { MissMemory } from '../stats/variogram.ts';
import type { FitSummary } from './watched-series.ts';

/** JSON has no infinities and no NaN: null stands for the one that the field may hold. */
const orElse = (missing: number) =>
  z
    .number()
    .nullable()
    .transform((value) => value ?? missing);

const shares = z.record(z.string(), orElse(NaN));
const bands = z.tuple([orElse(NaN), orElse(NaN), orElse(NaN)]);

/** What a forecaster that compares others has found, as it stands in a state file. */
export const choiceSchema = z.object({
  comparedAt: orElse(-Infinity),
  origins: z.number(),
  buckets: z.array(
    z.object({
      untilSeconds: orElse(Infinity),
      origins: z.number(),
      losses: shares,
      weights: shares,
      loss: orElse(NaN),
      widths: bands,
      coverage: bands,
    }),
  ),
});

/** How misses carry on, as it stands in a state file. */
export const missesSchema = z.object({
  noise: orElse(NaN),
  carried: orElse(NaN),
  peaks: z.array(z.number()).transform((values) => Float64Array.from(values)),
  troughs: z.array(z.number()).transform((values) => Float64Array.from(values)),
  spanSeconds: z.number(),
});

/** Where a series stands between two grid times, as it stands in a state file. */
export const liveSchema = z.object({
  slot: z.number(),
  value: orElse(NaN),
  score: z.number(),
  time: orElse(-Infinity),
  interval: orElse(NaN),
  windowValue: orElse(NaN),
  windowScore: z.number(),
  band: z.object({ median: z.number(), low: z.number(), high: z.number() }).optional(),
  fitDue: z.boolean(),
  ended: z.boolean(),
});

/** `live` for a state file. */
export function liveAsData(live: LiveState): z.input<typeof liveSchema> {
  const { value, time, interval, windowValue } = live;
  return {
    ...live,
    value: finiteOrNull(value),
    time: finiteOrNull(time),
    interval: finiteOrNull(interval),
    windowValue: finiteOrNull(windowValue),
  };
}

/** What the last fit left behind, as it stands in a state file. */
export const fittedSchema = z.object({
  model: z.string(),
  time: z.number(),
  skill: orElse(NaN),
  unforecastable: z.boolean(),
  because: z.string().optional(),
  coverage: z.array(orElse(NaN)).optional(),
  ramp: z.object({ since: z.number(), slope: z.number() }).optional(),
});

/** `fitted` for a state file. */
export function fittedAsData(fitted: FitSummary): z.input<typeof fittedSchema> {
  const { coverage, ...rest } = fitted;
  return { ...rest, skill: finiteOrNull(fitted.skill), ...(coverage ? { coverage: coverage.map(finiteOrNull) } : {}) };
}

/** `choice` for a state file. */
export function choiceAsData(choice: Choice): z.input<typeof choiceSchema> {
  const buckets = choice.buckets.map(({ untilSeconds, losses, weights, loss, widths, coverage, origins }) => ({
    origins,
    untilSeconds: finiteOrNull(untilSeconds),
    losses: sharesAsData(losses),
    weights: sharesAsData(weights),
    loss: finiteOrNull(loss),
    widths: triple(widths),
    coverage: triple(coverage),
  }));
  return { origins: choice.origins, comparedAt: finiteOrNull(choice.comparedAt), buckets };
}

/** `misses` for a state file. */
export function missesAsData({ noise, carried, peaks, troughs, spanSeconds }: MissMemory): z.input<typeof missesSchema> {
  return { spanSeconds, noise: finiteOrNull(noise), carried: finiteOrNull(carried), peaks: [...peaks], troughs: [...troughs] };
}

export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function sharesAsData(values: Readonly<Record<string, number>>): Record<string, number | null> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, finiteOrNull(value)]));
}

function triple([a, b, c]: readonly [number, number, number]): [number | null, number | null, number | null] {
  return [finiteOrNull(a), finiteOrNull(b), finiteOrNull(c)];
}
