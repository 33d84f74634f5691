import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import type { Limit } from '../configuration/configuration.ts';
import type { Labels } from '../watch/labels.ts';

/** Something that really happened, and that an alert should have told. Unix seconds. */
export interface Incident {
  readonly kind: string;
  /** What an alert of it must not contradict. */
  readonly labels: Labels;
  /** From when on an alert of it is right. */
  readonly start: number;
  /** When it hurt: a limit was passed, users were hit. */
  readonly hurt: number;
  readonly end: number;
  /** Whether it could be seen coming: lead times are counted over these. */
  readonly foreseeable: boolean;
  /** Whether it is known to be doubtful: alerts of it count neither way, and it is not missed. */
  readonly ignored?: boolean;
}

/** Seconds past a limit before it counts, and below it before it is over. */
const PERSIST = 900;
const OVER = 3600;

/**
 * When a series really passed its limits: from the first value past it, where it stayed there for a quarter of an hour, to the
 * last one before an hour without. `foresight`: how many seconds before, at most, an alert of it is right.
 */
export function passagesOf(
  { labels, values }: { readonly labels: Labels; readonly values: Float64Array },
  { start, step }: { readonly start: number; readonly step: number },
  limits: readonly Limit[],
  foresight: number,
): readonly Incident[] {
  return limits.flatMap((limit) => {
    const passed = (value: number): boolean => (limit.side === 'above' ? value > limit.value : value < limit.value);
    const found: Incident[] = [];
    for (let i = 0; i < values.length; i++) {
      if (!passed(values[i])) continue;
      const first = i;
      let last = i;
      for (; i < values.length && (i - last) * step <= OVER; i++) if (passed(values[i])) last = i;
      const hurt = start + first * step;
      if ((last - first + 1) * step < PERSIST) continue;
      const end = start + (last + 1) * step;
      found.push({
        kind: limit.name,
        labels: { ...labels, limit: limit.name },
        start: hurt - foresight,
        hurt,
        end,
        foreseeable: first > 0,
      });
    }
    return found;
  });
}

const incidentFile = z.array(
  z
    .strictObject({
      kind: z.string().default('incident'),
      labels: z.record(z.string(), z.coerce.string()),
      start: z.number(),
      hurt: z.number().optional(),
      end: z.number(),
      foreseeable: z.boolean().default(false),
      ignored: z.boolean().default(false),
    })
    .refine(({ start, end }) => start <= end, { error: 'end: want it at or after start' }),
);

/** A list of incidents that is not as it should be. */
export class IncidentFileError extends Error {}

/** Reads a list of known incidents, YAML or JSON, times in Unix seconds. Throws an IncidentFileError that names place and wish. */
export function parseIncidents(path: string, text: string): readonly Incident[] {
  const parsed = incidentFile.safeParse(parseYaml(text));
  if (parsed.success) return parsed.data.map((one) => ({ ...one, hurt: one.hurt ?? one.start }));
  const [issue] = parsed.error.issues;
  throw new IncidentFileError(`${path}: ${issue.path.join('.') || 'the file'}: ${issue.message}`);
}
