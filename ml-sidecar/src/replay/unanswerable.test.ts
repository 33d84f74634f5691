import { expect, test } from 'vitest';
import { parseRuleFiles } from './rule-file.ts';
import { withoutUnanswerable } from './unanswerable.ts';

test('rules that ask for what a replay has not are left out with the reason, and so are those that read them', () => {
  const text = `groups:
  - name: g
    rules:
      - { record: b, expr: a * 2 }
      - { record: a, expr: max(presage_host_anomaly_score) }
      - { record: firing, expr: count(ALERTS) }
      - { alert: Direct, expr: presage_host_anomaly_score > 1 }
      - { alert: Through, expr: b > 1 }
      - { alert: Self, expr: up == 0 or ALERTS }
`;
  const { ruleSets, skipped } = withoutUnanswerable([parseRuleFiles('mine', [{ path: 'r.yml', text }])]);
  expect(ruleSets[0].alerts.map(({ alert }) => alert)).toEqual(['Self']);
  expect(ruleSets[0].records).toEqual([]);
  expect(skipped.map(({ rule }) => rule).sort()).toEqual(['Direct', 'Through', 'a', 'b', 'firing']);
  expect(skipped.find(({ rule }) => rule === 'Through')?.why).toMatch(
    /reads b: it reads a: it reads presage_host_anomaly_score: .*no whole hosts/,
  );
});
