import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PromqlError, readsOf, withMetric } from './promql.ts';
import { inLevels, parseRuleFiles, RuleFileError } from './rule-file.ts';

test.each([
  ['up', ['up'], ['up'], 0],
  ['rate(node_cpu_seconds_total{mode="idle"}[5m]) > 0.1', ['node_cpu_seconds_total{mode="idle"}'], ['node_cpu_seconds_total'], 300],
  ['a:b:c offset 1h and max_over_time(d[2h:5m])', ['a:b:c', 'd'], ['a:b:c', 'd'], 3600 + 7200 + 300],
  ['{__name__="x",job="y"}', ['{__name__="x",job="y"}'], ['x'], 0],
  ['sum by (up) (x)', ['x'], ['x'], 0],
])('%s reads what it names', (expr, selectors, names, reach) => {
  expect(readsOf(expr)).toEqual({ selectors, names, reach });
});

test.each(['up ==', 'rate(x[5q])', 'sum(', ''])('%s is refused as no PromQL', (expr) => {
  expect(() => readsOf(expr)).toThrow(PromqlError);
});

test.each([
  ['groups: [', /r\.yml: /],
  ['groups: [{name: g, rules: [{record: a, expr: b}]}]', /got no alert/],
  ['groups: [{name: g, rules: [{alert: A, expr: "x >"}]}]', /r\.yml: groups\.0\.rules\.0\.expr: got "x >" \(character \d+\), want PromQL/],
  ['groups: [{name: g, rules: [{alert: A, expr: x, for: soon}]}]', /groups\.0\.rules\.0\.for: got "soon", want a duration/],
])('a file %s is refused with its place', (text, message) => {
  const read = () => parseRuleFiles('set', [{ path: 'r.yml', text }]);
  expect(read).toThrow(RuleFileError);
  expect(read).toThrow(message);
});

test('rules are recorded after those that they read', () => {
  const text = `groups: [{name: g, rules: [{record: c, expr: a + b}, {record: a, expr: x}, {record: b, expr: a * 2}, {alert: A, expr: c > 1}]}]`;
  const levels = inLevels(parseRuleFiles('set', [{ path: 'r.yml', text }]).records);
  expect(levels.map((level) => level.map(({ record }) => record))).toEqual([['a'], ['b'], ['c']]);
});

test('the rules that Presage ships can be read', () => {
  const folder = new URL('../../../provisioning/prometheus/rules/', import.meta.url);
  const files = readdirSync(folder).map((file) => ({ path: file, text: readFileSync(new URL(file, folder), 'utf8') }));
  expect(
    parseRuleFiles(
      'presage',
      files.filter(({ text }) => text.includes('alert:')),
    ).alerts.length,
  ).toBeGreaterThan(5);
});

test.each([
  ['a or ALERTS{alertname="A"} and on () ALERTS', 'a or x{alertname="A"} and on () x'],
  ['ALERTS_FOR_STATE + MY_ALERTS', 'ALERTS_FOR_STATE + MY_ALERTS'],
  ['label_replace(ALERTS[5m], "ALERTS", "", "", "")', 'label_replace(x[5m], "ALERTS", "", "", "")'],
])('another metric is read in %s', (expr, wanted) => {
  expect(withMetric(expr, 'ALERTS', 'x')).toBe(wanted);
});
