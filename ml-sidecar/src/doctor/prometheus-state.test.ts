import { expect, test } from 'vitest';
import { examineClock, examineVersion } from './prometheus-state.ts';

test.each([
  ['2.41.0', 'wrong'],
  ['1.99.0', 'wrong'],
  ['2.42.0', 'right'],
  ['2.53.1+ds', 'right'],
  ['3.0.0', 'right'],
  ['', 'doubtful'],
])('version %j is %s', (version, verdict) => {
  expect(examineVersion(version).verdict).toBe(verdict);
});

test.each([
  [100, 100, 101, 'right', ''],
  [104, 100, 101, 'right', ''],
  [96, 100, 101, 'right', ''],
  [107, 100, 101, 'wrong', '6s ahead of'],
  [90, 100, 101, 'wrong', '10s behind'],
  // Within a slow answer nobody can tell.
  [109, 100, 110, 'right', ''],
])('a clock that shows %d between %d and %d is %s', (theirs, before, after, verdict, words) => {
  const finding = examineClock(theirs, before, after);
  expect(finding.verdict).toBe(verdict);
  expect(finding.text).toContain(words);
});
