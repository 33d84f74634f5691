import { parseDuration } from '@presage/service/duration.ts';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { PromqlError, readsOf, type Reads } from './promql.ts';

/** A recording rule. */
export interface RecordRule {
  readonly record: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly reads: Reads;
}

/** An alerting rule. Spans in seconds. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  /** How long it must be true before it fires. */
  readonly holdFor: number;
  /** How long it goes on firing once it is no longer true. */
  readonly keepFiringFor: number;
  readonly reads: Reads;
}

/** The rules of one or more files. */
export interface RuleSet {
  readonly name: string;
  readonly records: readonly RecordRule[];
  readonly alerts: readonly AlertRule[];
}

/** A rule file that cannot be used; the message names file, place, finding and wish. */
export class RuleFileError extends Error {}

const span = z.string().transform((text, context) => {
  const seconds = parseDuration(text);
  if (seconds === undefined) context.addIssue({ code: 'custom', message: `got ${JSON.stringify(text)}, want a duration such as 5m` });
  return seconds ?? 0;
});

const expression = z.coerce.string().transform((expr, context) => {
  try {
    return { expr, reads: readsOf(expr) };
  } catch (error) {
    if (!(error instanceof PromqlError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
});

const labels = z.record(z.string(), z.coerce.string()).default({});

const rule = z.object({
  record: z.string().optional(),
  alert: z.string().optional(),
  expr: expression,
  for: span.default(0),
  keep_firing_for: span.default(0),
  labels,
});

const ruleFile = z.object({ groups: z.array(z.object({ name: z.string(), labels, rules: z.array(rule).default([]) })) });

/** Reads files of Prometheus rules as one set. Throws a RuleFileError. */
export function parseRuleFiles(name: string, files: readonly { readonly path: string; readonly text: string }[]): RuleSet {
  const records: RecordRule[] = [];
  const alerts: AlertRule[] = [];
  for (const { path, text } of files) {
    for (const group of readFile(path, text).groups) {
      for (const one of group.rules) {
        const { expr, reads } = one.expr;
        const both = { ...group.labels, ...one.labels };
        if (one.record !== undefined) records.push({ record: one.record, expr, reads, labels: both });
        if (one.alert !== undefined)
          alerts.push({ alert: one.alert, expr, reads, labels: both, holdFor: one.for, keepFiringFor: one.keep_firing_for });
      }
    }
  }
  if (alerts.length === 0) throw new RuleFileError(`${files.map(({ path }) => path).join(', ')}: got no alert, want at least one`);
  return { name, records, alerts };
}

function readFile(path: string, text: string): z.infer<typeof ruleFile> {
  let document: unknown;
  try {
    document = parseYaml(text);
  } catch (error) {
    throw new RuleFileError(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const parsed = ruleFile.safeParse(document);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RuleFileError(`${path}: ${issue.path.join('.') || 'the file'}: ${issue.message}`);
}

/**
 * Recording rules in the order in which they must be evaluated: each level reads only what the levels before it record. Rules
 * that read each other in a circle stand in the last level.
 */
export function inLevels(records: readonly RecordRule[]): readonly (readonly RecordRule[])[] {
  const levels: RecordRule[][] = [];
  let left = [...records];
  while (left.length > 0) {
    const waiting = new Set(left.map(({ record }) => record));
    const free = left.filter(({ reads, record }) => !reads.names.some((name) => name !== record && waiting.has(name)));
    const level = free.length > 0 ? free : left;
    levels.push(level);
    left = left.filter((one) => !level.includes(one));
  }
  return levels;
}
