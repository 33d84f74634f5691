import { afterAll, beforeAll, expect, test } from 'vitest';
import { execute } from '../../stack/src/execute.ts';
import { waitFor } from '../../stack/src/wait.ts';
import { type Found, type Rig, startRig, type TargetSeries } from './rig.ts';
import { presageScript } from './started-parts.ts';

const started = Date.now() / 1000;
const hour = 3600;
const day = 86_400;
/** Fills by an eighth a day; 97 % is passed three hours after the start. */
const usedAt = (time: number) => 0.97 + ((time - started - 3 * hour) * 0.125) / day + 0.0002 * Math.sin(time / 1700);
/** Rises a tenth as fast; past 0.1, a threshold of objectives.yml, three hours after the start. */
const waitAt = (time: number) => 0.1 + (usedAt(time) - 0.97) / 10;
const series: readonly TargetSeries[] = [
  { name: 'disk_wait_seconds', labels: { device: 'sda' }, at: waitAt, history: { every: 150, span: 6 * day } },
  {
    name: 'node_filesystem_avail_bytes',
    labels: { mountpoint: '/srv', fstype: 'ext4', device: '/dev/sda1' },
    at: (time) => 1e11 * (1 - usedAt(time)),
    history: { every: 150, span: 6 * day },
  },
  {
    name: 'node_filesystem_size_bytes',
    labels: { mountpoint: '/srv', fstype: 'ext4', device: '/dev/sda1' },
    at: () => 1e11,
    history: { every: 150, span: 6 * day },
  },
  {
    name: 'service_latency_seconds',
    labels: { service: 'web' },
    at: (time) => 0.2 + 0.05 * Math.sin((2 * Math.PI * time) / 600) + 0.01 * Math.sin(time * 12.9898),
    history: { every: 1, span: hour },
  },
];
const watches = `
watches:
  - { preset: node, forecaster: drift, without: [cpu, load, memory, file-descriptors, filesystem-inodes, disk-latency, disk-saturation, network-receive, network-transmit, probe-latency, certificate-expiry] }
  - { name: disk-latency, expr: disk_wait_seconds, forecaster: drift }
  - { name: latency, expr: service_latency_seconds, step: 5s, history: 30m, horizon: 10m, refit: 20s, delay: 2s }
`;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ series, watches });
});
afterAll(() => rig?.stop());

const median = 'presage_forecast{watch="filesystem",quantile="0.5"}';
const valueOf = ([found]: readonly Found[]) => Number(found?.value?.[1] ?? NaN);

test('Prometheus itself answers what will be in six hours', async () => {
  const answer = await waitFor(
    async () => {
      const found = await rig.query('query', { query: `${median} offset -6h` });
      return found.data.result.length > 0 ? found : undefined;
    },
    { what: 'a forecast six hours ahead', deadline: 60 },
  );
  expect(Math.abs(valueOf(answer.data.result) - Math.min(1, usedAt(Date.now() / 1000 + 6 * hour)))).toBeLessThan(0.02);
  expect(answer.data.result[0].metric).toMatchObject({ __name__: 'presage_forecast', instance: 'this-host', mountpoint: '/srv' });
});

test('a range query runs from the past through now into the future', async () => {
  const now = Math.floor(Date.now() / 1000);
  const answer = await rig.query('query_range', { query: median, start: String(now - 6 * hour), end: String(now + 6 * hour), step: '600' });
  const times = (answer.data.result[0].values ?? []).map(([time]) => time);
  expect(times.at(0)).toBe(now - 6 * hour);
  expect(times.at(-1)).toBe(now + 6 * hour);
  expect(times).toHaveLength(73);
});

test('the highest forecast of the next hours can be asked for', async () => {
  const answer = await rig.query('query', {
    query: `max_over_time(presage_forecast{watch="filesystem",quantile="0.9"}[6h] offset -6h) > 0.97`,
  });
  expect(valueOf(answer.data.result)).toBeGreaterThan(0.97);
});

test('a disk that fills gives an alert at the webhook before it is full', async () => {
  const alert = await waitFor(async () => rig.webhooks.find((body) => JSON.stringify(body).includes('"alertname":"PresageLimitSoon"')), {
    what: 'the alert PresageLimitSoon at the webhook',
    deadline: 60,
  });
  expect(usedAt(Date.now() / 1000)).toBeLessThan(0.97);
  expect(alert).toMatchObject({
    status: 'firing',
    alerts: [
      {
        labels: { watch: 'filesystem', limit: 'full', instance: 'this-host', mountpoint: '/srv' },
        annotations: { runbook_url: expect.stringContaining('PresageLimitSoon') },
      },
    ],
  });
});

test('presage recommend says which volume to enlarge, why, and what is risked', async () => {
  const recommend = (...words: string[]) =>
    execute(process.execPath, [presageScript, 'recommend', `--config.file=${rig.folder}/presage.yml`, ...words], {
      environment: process.env,
    });
  const { output } = await recommend();
  expect(output).toMatch(/^this-host\n {2}grow filesystem \/srv: 93.1 GiB → \d+ GiB\n/);
  expect(output).toMatch(/why: 97.5 % of the last 6 days stayed below [\d.]+ % .*with 97.5 % certainty no moment of the next 1d passes/);
  expect(output).toMatch(/risk: passes its limit "full" \(97 %\) in about [123]h/);
  const [found] = JSON.parse((await recommend('--format=json')).output);
  expect(found).toMatchObject({ host: 'this-host', watch: 'filesystem', part: '/srv', action: 'grow', saving: 0 });
  expect(found.risk).toBeGreaterThan(0.5);
  expect(found.capacity.wanted).toBeGreaterThan(found.capacity.now);
  const stranger: unknown = await recommend('--host=stranger').catch((error: unknown) => error);
  expect(String(stranger)).toMatch(/--host: got "stranger", of which nothing is known, want at least a day of samples of filesystem/);
});

test('a threshold of your own, without a limit in presage.yml, is alerted on from the forecasts themselves', async () => {
  const sent = await waitFor(
    async () =>
      rig.webhooks.map((body) => JSON.stringify(body)).find((text) => text.includes('"alertname":"PresageForecastPastThreshold"')),
    { what: 'the alert PresageForecastPastThreshold at the webhook', deadline: 60 },
  );
  expect(sent).toMatch(/disk-latency on this-host \(sda\) will rise to 0\.1\d* within four hours, past \\"slow\\" at 0\.1"/);
  expect(sent).toMatch(
    /This is the 0\.5 quantile of its forecast; its band reaches from 0\.\d+ to 0\.\d+\. The highest of the last week was 0\.09\d*/,
  );
});

test('kill -9 of the sidecar and a restart change no score and no forecast', async () => {
  const twin = await rig.twin();
  const page = async (url: string) => JSON.stringify(await (await fetch(`${url}/api/v1/series/latency`)).json());
  // The twin has taken up the same state, and both go on alike.
  await same(page, rig.sidecarUrl, twin);
  const before = rig.sidecar.pid;
  rig.sidecar.signal('SIGKILL');
  await waitFor(async () => (rig.sidecar.pid === before ? undefined : true), { what: 'another process', deadline: 60 });
  await waitFor(async () => (await fetch(`${rig.sidecarUrl}/-/ready`)).status === 200 || undefined, { what: 'the restart', deadline: 60 });
  const state = await same(page, rig.sidecarUrl, twin);
  expect(state).toContain('"service":"web"');
  const forecasts = (url: string) => async () => pick(await (await fetch(`${url}/metrics`)).text(), 'watch="latency"');
  await same((url) => forecasts(url)(), rig.sidecarUrl, twin);
});

test('with the sidecar down, queries of the future warn and all others are left alone', async () => {
  await rig.sidecar.stop();
  const future = await rig.query('query', { query: `${median} offset -6h` });
  expect(future.status).toBe('success');
  expect(future.warnings?.join()).toContain('remote_read');
  // The rules on them are no fault, and the alert that fired by them ends.
  await waitFor(
    async () =>
      (await rig.query('query', { query: 'ALERTS{alertname="PresageForecastPastThreshold"}' })).data.result.length === 0 || undefined,
    { what: 'the end of PresageForecastPastThreshold', deadline: 60 },
  );
  const rules = JSON.stringify(await (await fetch(`${rig.prometheus}/api/v1/rules`)).json());
  expect(rules).toContain('"name":"presage:forecast:max4h"');
  expect(rules).not.toMatch(/"health":"err"/);
  const other = await rig.query('query', { query: 'service_latency_seconds' });
  expect(other.warnings).toBeUndefined();
  expect(other.data.result).toHaveLength(1);
});

/** Waits until both sidecars, asked within one step, say the same; gives what they say. */
function same(ask: (url: string) => Promise<string>, one: string, other: string): Promise<string> {
  return waitFor(
    async () => {
      const [first, second] = await Promise.all([ask(one), ask(other)]);
      return first === second ? first : undefined;
    },
    { what: 'the same from both sidecars', deadline: 60 },
  );
}

/** Lines of a metrics page with `part`, without those that say when rather than what. */
function pick(page: string, part: string): string {
  const lines = page.split('\n').filter((line) => line.startsWith('presage_') && line.includes(part));
  const kept = lines.filter((line) => /^presage_(expected|anomaly|predicted|forecast|interval|model)/.test(line));
  if (kept.length < 10) throw new Error(`only ${kept.length} lines`);
  return kept.join('\n');
}
