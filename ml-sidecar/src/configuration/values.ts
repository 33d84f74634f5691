import { DURATION_WISH, formatDuration, parseDuration } from '@presage/service/duration.ts';
import { z } from 'zod';

/** A duration as Prometheus writes it; seconds once parsed. */
export const duration = (help: string) =>
  z
    .string({ error: () => DURATION_WISH })
    .transform((text, context) => {
      const seconds = parseDuration(text);
      if (seconds !== undefined) return seconds;
      context.addIssue({ code: 'custom', message: DURATION_WISH, input: text });
      return z.NEVER;
    })
    .refine((seconds) => seconds > 0, { error: 'a duration above 0s' })
    .describe(help);

/** A key that may be left out; then `value` counts, written as in the file. Documents show it: JSON schema's own `default` is lost where a value is transformed. */
export const orElse = <T extends z.ZodType>(key: T, value: unknown): z.ZodOptional<T> => key.optional().meta({ usual: value });

/** The same for a duration; the default in seconds. */
export const durationOr = (help: string, seconds: number) => orElse(duration(help), formatDuration(seconds));

/** Text that is not empty; `want` says what it should be. */
export const text = (want: string, help: string) =>
  z
    .string({ error: () => want })
    .min(1, { error: want })
    .describe(help);

/** A name that may stand in a label. */
export const name = (help: string) =>
  z
    .string({ error: () => 'a name of letters, digits, _ and -' })
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,62}$/, { error: 'a name of letters, digits, _ and -, at most 63 long' })
    .describe(help);

/** A whole number within limits. */
export const whole = (help: string, least: number, most: number) => {
  const want = `a whole number from ${least} to ${most}`;
  return z
    .int({ error: () => want })
    .min(least, { error: want })
    .max(most, { error: want })
    .describe(help);
};

/** A number within limits. */
export const number = (help: string, least: number, most: number) => {
  const want = `a number from ${least} to ${most}`;
  return z
    .number({ error: () => want })
    .min(least, { error: want })
    .max(most, { error: want })
    .describe(help);
};
