import { expect, test } from 'vitest';
import { firingsOf } from './alert-timeline.ts';
import { parseRuleFiles } from './rule-file.ts';

const evaluations = { start: 1000, end: 1000 + 20 * 60, every: 60 };

/** Whether the expression held at each evaluation: `x` where it did. */
const held = (pattern: string) => ({
  name: '',
  labels: { instance: 'a' },
  times: Float64Array.from(pattern.split('').flatMap((sign, i) => (sign === 'x' ? [1000 + i * 60] : []))),
  values: new Float64Array(pattern.split('').filter((sign) => sign === 'x').length),
});

const ruleOf = (more: string) =>
  parseRuleFiles('set', [
    { path: 'r.yml', text: `groups: [{name: g, rules: [{alert: A, expr: up == 0, labels: {severity: page}${more}}]}]` },
  ]).alerts[0];

test.each([
  ['fires at once without a waiting time', '', 'x....................', [[0, 1]]],
  ['waits until it has held for its time', ', for: 2m', 'xx.xxx...............', [[5, 6]]],
  ['a hole starts the waiting anew', ', for: 3m', 'xxx.xxx..............', []],
  ['goes on for keep_firing_for from the first evaluation without', ', keep_firing_for: 3m', 'x....................', [[0, 4]]],
  ['is one firing where it holds again meanwhile', ', keep_firing_for: 3m', 'x..x.................', [[0, 7]]],
  ['a waiting that was not over is not kept', ', for: 2m, keep_firing_for: 5m', 'xx...................', []],
  ['fires to the end where it holds to the end', '', '...................xx', [[19, Infinity]]],
  [
    'fires twice',
    '',
    'x.x..................',
    [
      [0, 1],
      [2, 3],
    ],
  ],
])('%s', (_, more, pattern, wanted) => {
  const minutes = firingsOf(ruleOf(more), [held(pattern)], evaluations).map(({ start, end }) => [(start - 1000) / 60, (end - 1000) / 60]);
  expect(minutes).toEqual(wanted);
});

test('a firing bears the labels of its series and of its rule', () => {
  const [firing] = firingsOf(ruleOf(''), [held('x')], evaluations);
  expect(firing).toMatchObject({ alert: 'A', labels: { instance: 'a', severity: 'page' } });
});
