import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { execute } from '../../stack/src/execute.ts';
import { presageScript } from './started-parts.ts';

const file = (path: string): string => new URL(path, import.meta.url).pathname;
/** Nine days of requests to a shop: steep mornings, quiet weekends, a level that wanders. */
const fixture = file('testdata/scaling');
const measured = file('../../../shared/data/dev');

const scaling = (...words: string[]) =>
  execute(process.execPath, [presageScript, 'recommend', 'scaling', ...words], { environment: process.env });

test('scaling ahead of steep mornings spares minutes over capacity', async () => {
  const { output } = await scaling(`--data=${fixture}`, '--series=shop', '--start.up=15m', '--format=json');
  const { reactive, predictive, believed } = JSON.parse(output);
  expect(believed).toBeGreaterThan(0.5);
  expect(reactive.violations).toBeGreaterThan(0);
  expect(predictive.violations).toBeLessThan(0.7 * reactive.violations);
  expect(predictive.unserved).toBeLessThan(0.8 * reactive.unserved);
  expect(predictive.replicaHours).toBeLessThan(1.3 * reactive.replicaHours);
});

test.skipIf(!existsSync(`${measured}/index.json`))(
  'a measured trace is scaled in both ways (skipped where the measurements are not there)',
  async () => {
    const { output } = await scaling(`--data=${measured}`, '--series=nab-aws-ec2_cpu_utilization_ac20cd', '--start.up=10m');
    expect(output).toMatch(/replica-hours +\d+ +\d+ +[+−]\d+ %/);
    expect(output).toMatch(/minutes over capacity +\d+ +\d+/);
  },
);

test.each([
  [['--data=/nowhere', '--series=shop'], /--data: got "\/nowhere".*want a data folder with an index\.json/],
  [[`--data=${fixture}`, '--series=shops'], /--series: got "shops", want one of shop/],
  [[`--data=${fixture}`, '--series=shop', '--per.replica=none'], /--per\.replica: got "none", want a number above 0/],
  [[`--data=${fixture}`, '--series=shop', '--start.up=3d'], /--start\.up: got 3d, want at most the horizon/],
])('what cannot be scaled is said in one line', async (words, message) => {
  const error: unknown = await scaling(...words).catch((thrown: unknown) => thrown);
  expect(String(error)).toMatch(message);
});
