import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { settle } from './alert-feedback.ts';
import { firingsOf } from './alert-timeline.ts';
import { parseRuleFiles } from './rule-file.ts';
import type { Batch } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-feedback-'));
afterAll(() => rmSync(folder, { recursive: true }));

const evaluations = { start: 1000, end: 1000 + 9 * 60, every: 60 };
const [alert] = parseRuleFiles('set', [
  {
    path: 'r.yml',
    text: 'groups: [{name: g, rules: [{alert: A, expr: "high or (low and ALERTS{alertname=\'A\'})", labels: {severity: page}}]}]',
  },
]).alerts;

/** Stands for a Prometheus that evaluates `high or (low and ALERTS)`: what was loaded counts if it is younger than a step. */
function evaluator(high: string, low: string) {
  const loaded = new Map<string, number[]>();
  const open = (): Batch => ({
    add: (name, _, time) => void loaded.set(name, [...(loaded.get(name) ?? []), time]),
    addText: () => {},
    mark: () => 0,
    close: () => 0,
  });
  const range = async (expr: string) => {
    const name = /replay_alerts_\w+/.exec(expr)?.[0] ?? '';
    const times = Array.from({ length: 10 }, (_, i) => 1000 + i * 60).filter((time, i) => {
      const fired = (loaded.get(name) ?? []).some((at) => at <= time && at > time - 61);
      return high[i] === 'x' || (low[i] === 'x' && fired);
    });
    return times.length > 0
      ? [{ name: '', labels: { instance: 'a' }, times: Float64Array.from(times), values: new Float64Array(times.length) }]
      : [];
  };
  return { open, range };
}

test.each([
  ['goes on while it holds itself', '..x.......', '..xxxx....', [[2, 6]]],
  ['does not begin by what only holds it', '..........', '.xxxxxxx..', []],
  ['ends where neither holds, and does not rise again by what holds it', '.x........', '.xx.xxx...', [[1, 3]]],
])('an alert that asks whether it fires %s', async (_, high, low, wanted) => {
  const { open, range } = evaluator(high, low);
  const fired = new Map([['0', firingsOf(alert, await range('replay_alerts_none'), evaluations)]]);
  const store = { batch: open, load: async () => {} };
  await settle({ alerts: [alert], fired, store, work: folder, evaluations, range, name: 'replay_alerts_0' });
  expect(fired.get('0')?.map(({ start, end }) => [(start - 1000) / 60, (end - 1000) / 60])).toEqual(wanted);
});
