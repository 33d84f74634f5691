import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitFor } from '../../stack/src/wait.ts';
import { type Rig, startRig, type TargetSeries } from './rig.ts';
import { runPresage } from './started-parts.ts';

const wave = (time: number) => 0.2 + 0.05 * Math.sin((2 * Math.PI * time) / 600);
const history = { every: 1, span: 600 };
/** Three jobs a second by a program that starts anew every two minutes. */
const jobs = (time: number) => 3 * (Math.floor(time) % 120);
const once = { every: 1, span: 0 };
const numbered = (name: string, count: number): TargetSeries[] =>
  Array.from({ length: count }, (_, i) => ({ name, labels: { i: String(i) }, at: wave, history: once, live: false }));
const series: readonly TargetSeries[] = [
  { name: 'service_latency_seconds', labels: {}, at: wave, history },
  { name: 'service_other_seconds', labels: {}, at: wave, history },
  { name: 'jobs_total', labels: {}, at: jobs, history },
  ...numbered('several', 15),
  ...numbered('many', 100_000),
];
const watches = readFileSync(new URL('testdata/one-bad-watch-among-good.yml', import.meta.url), 'utf8');

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ series, watches });
  await waitFor(async () => ((await metric('presage_fits_total{watch="good",result="success"}')) > 0 ? true : undefined), {
    what: 'a fit of the good watch',
    deadline: 60,
  });
  await waitFor(async () => ((await fetch(`${rig.sidecarUrl}/-/ready`)).ok ? true : undefined), {
    what: 'a first answer to every watch',
    deadline: 60,
  });
});
afterAll(() => rig?.stop());

const page = async () => (await fetch(`${rig.sidecarUrl}/metrics`)).text();

/** Value of a metric of the sidecar; NaN where it is absent. */
async function metric(name: string): Promise<number> {
  const line = (await page()).split('\n').find((one) => one.startsWith(`${name} `));
  return line === undefined ? NaN : Number(line.slice(name.length + 1));
}

const log = () => readFileSync(`${rig.folder}/sidecar.log`, 'utf8');

test('an expression that Prometheus refuses is told with its words, and the rest goes on', async () => {
  expect(await metric('presage_watch_up{watch="refused-promql"}')).toBe(0);
  expect(log()).toMatch(/watch cannot be updated.*watch=refused-promql.*parse error/);
  expect(await metric('presage_watch_up{watch="good"}')).toBe(1);
});

test('an expression that yields nothing is told once', async () => {
  expect(await metric('presage_watched_series{watch="yields-nothing"}')).toBe(0);
  expect(log().match(/expression yields no series.*watch=yields-nothing/g)).toHaveLength(1);
});

test('an expression that yields 100,000 series is refused before they are read', async () => {
  expect(await metric('presage_watch_up{watch="hundred-thousand-series"}')).toBe(0);
  expect(log()).toMatch(/watch=hundred-thousand-series.*got 100000 series, want at most 1000: narrow the expression or raise series_limit/);
});

test('a few series over the limit are left out and counted', async () => {
  expect(await metric('presage_watched_series{watch="some-over-the-limit"}')).toBe(10);
  expect(await metric('presage_dropped_series_total{watch="some-over-the-limit",reason="limit"}')).toBeGreaterThanOrEqual(5);
});

test('NaN and Inf are counted and become gaps', async () => {
  expect(await metric('presage_ignored_samples_total{watch="nan-and-inf",reason="infinite"}')).toBeGreaterThan(0);
  const samples = (await page()).split('\n').filter((line) => line.startsWith('presage_') && line.includes('watch="nan-and-inf"'));
  expect(samples.filter((line) => line.endsWith(' NaN'))).toEqual([]);
});

test('series that differ in the metric name alone are counted', async () => {
  expect(await metric('presage_dropped_series_total{watch="names-differ-only",reason="duplicate"}')).toBeGreaterThan(0);
});

test('resets of a counter under rate() leave no trace', async () => {
  const fits = 'presage_fits_total{watch="counter-that-is-reset",result="success"}';
  await waitFor(async () => ((await metric(fits)) > 0 ? true : undefined), { what: 'a fit of the rate', deadline: 60 });
  const medians = (await page())
    .split('\n')
    .filter((line) => /^presage_expected\{.*watch="counter-that-is-reset",quantile="0.5"/.test(line));
  expect(medians).toHaveLength(1);
  // Asked three minutes late, so that the seam of history and scrapes is out of sight. At a start, a second of jobs is never told.
  expect(Math.abs(Number(medians[0].split(' ').at(-1)) - 3)).toBeLessThan(0.3);
});

test('presage check tells the same, each with place, finding and wish', async () => {
  const stdout = await waitFor(
    async () => {
      const { code, output } = await runPresage('check', `--config.file=${rig.folder}/presage.yml`);
      expect(code).toBe(1);
      // A scrape that took too long leaves the series of the target out.
      return output.includes('✓ good: 1 series') ? output : undefined;
    },
    { what: 'a check while the target is up', deadline: 90 },
  );
  expect(stdout).toContain('watches[0] (refused-promql).expr: got "rate((", want PromQL:');
  expect(stdout).toContain('watches[1] (yields-nothing).expr: got no series, want an expression that yields some');
  expect(stdout).toContain('watches[2] (hundred-thousand-series).expr: got 100000 series, want at most 1000');
  expect(stdout).toContain('watches[7] (bare-counter).expr: got jobs_total as it is, which by its name is a counter, want ');
  expect(stdout).toContain('which bears resets: rate(jobs_total[5m])');
  expect(stdout).not.toContain('watches[8]');
  expect(stdout).toMatch(/✓ good: 1 series × \d+ on \/metrics, 7 over remote read/);
});

test.each([
  [
    'an unwritable storage path',
    ['--storage.path=/dev/null/state'],
    /--storage\.path: got "\/dev\/null\/state" .* want a folder that can be written/,
  ],
  [
    'a configuration that is not there',
    ['--config.file=/no/such.yml'],
    /--config\.file: got "\/no\/such\.yml" .* want a file that can be read/,
  ],
  ['an unknown flag', ['--storage.pth=x'], /--storage\.pth=x: unknown flag.*did you mean --storage\.path\?/],
])('%s ends the start with one clear line', async (_, flags, told) => {
  const all = [
    'run',
    `--config.file=${rig.folder}/presage.yml`,
    `--storage.path=${rig.folder}/other`,
    '--web.listen-address=127.0.0.1:0',
    ...flags,
  ];
  const replaced = all.filter((flag, i) => all.findLastIndex((other) => other.split('=')[0] === flag.split('=')[0]) === i);
  const { code, errors } = await runPresage(...replaced);
  expect(code).toBe(1);
  expect(errors).toMatch(told);
  expect(errors.trim().split('\n')).toHaveLength(1);
});

test('a taken port ends the start with one clear line', async () => {
  const address = rig.prometheus.replace('http://', '');
  const flags = [`--config.file=${rig.folder}/presage.yml`, `--storage.path=${rig.folder}/other`, `--web.listen-address=${address}`];
  const { code, errors } = await runPresage('run', ...flags);
  expect(code).toBe(1);
  expect(errors).toContain(`--web.listen-address: ${address} is taken by another program, want a free port`);
});

test('secrets stay out of errors and logs', async () => {
  const config = `${rig.folder}/secret.yml`;
  const secret = `${rig.folder}/token`;
  writeFileSync(secret, 'canary-7f3a\n');
  writeFileSync(
    config,
    `prometheus: { url: "http://127.0.0.1:9", bearer_token_file: ${JSON.stringify(secret)} }\nwatches: [{ name: a, expr: up }]\n`,
  );
  const { code, output, errors } = await runPresage('check', `--config.file=${config}`);
  expect(code).toBe(1);
  expect(output).toContain('prometheus.url: got http://127.0.0.1:9');
  expect(output + errors).not.toContain('canary-7f3a');
});
