import { z } from 'zod';
import type { LiveState } from './live-series.ts';
import type { FitSummary } from './watched-series.ts';

/** JSON has no infinities and no NaN: null stands for the one that the field may hold. */
const orElse = (missing: number) =>
  z
    .number()
    .nullable()
    .transform((value) => value ?? missing);

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

export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
