import { parseDuration } from '@presage/service/duration.ts';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** One test of a file of promtool's unit tests. */
export interface UnitTest {
  /** What is asked of alerts, in the order of time. */
  readonly cases: readonly { readonly alert: string; readonly time: number; readonly fires: boolean }[];
  /** Every value of its input, as it is written. */
  readonly values: readonly string[];
  /** Every text that it expects. */
  readonly texts: readonly string[];
}

interface Written {
  readonly tests: readonly {
    readonly input_series?: readonly { readonly values: string }[];
    readonly alert_rule_test?: readonly {
      readonly alertname: string;
      readonly eval_time: string;
      readonly exp_alerts: readonly { readonly exp_annotations?: Readonly<Record<string, string>> }[];
    }[];
  }[];
}

/** The tests of a file. */
export function readUnitTests(file: string): readonly UnitTest[] {
  const { tests }: Written = parse(readFileSync(file, 'utf8'));
  return tests.map(({ input_series: input = [], alert_rule_test: told = [] }) => ({
    cases: told
      .map((one) => ({ alert: one.alertname, time: parseDuration(one.eval_time) ?? NaN, fires: one.exp_alerts.length > 0 }))
      .sort((a, b) => a.time - b.time),
    values: input.map(({ values }) => values),
    texts: told.flatMap((one) => one.exp_alerts.flatMap((alert) => Object.values(alert.exp_annotations ?? {}))),
  }));
}

/** What is tested of an alert. */
export interface Cases {
  readonly fires: boolean;
  /** A test that names it expects it not to fire before it does, or at all. */
  readonly keepsQuiet: boolean;
  /** It is expected to fire, and later not to, in one test. */
  readonly resolves: boolean;
  /** A test that names it has samples that are missing, or no series at all. */
  readonly missing: boolean;
  /** A test that names it has a series that ends. */
  readonly stale: boolean;
}

/** Which kinds of case the unit tests hold for an alert. */
export function casesOf(tests: readonly UnitTest[], alert: string): Cases {
  const own = tests
    .map(({ cases, values }) => ({ values, fired: cases.filter((one) => one.alert === alert).map(({ fires }) => fires) }))
    .filter(({ fired }) => fired.length > 0);
  return {
    fires: own.some(({ fired }) => fired.includes(true)),
    keepsQuiet: own.some(({ fired }) => !fired[0]),
    resolves: own.some(({ fired }) => fired.includes(true) && fired.lastIndexOf(false) > fired.indexOf(true)),
    missing: own.some(({ values }) => values.length === 0 || values.some((text) => /(^|\s)_/.test(text))),
    stale: own.some(({ values }) => values.some((text) => text.includes('stale'))),
  };
}
