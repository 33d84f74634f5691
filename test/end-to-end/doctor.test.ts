import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitFor } from '../../stack/src/wait.ts';
import { type Rig, startRig } from './rig.ts';
import { runPresage } from './started-parts.ts';

const wave = (time: number) => 0.2 + 0.05 * Math.sin((2 * Math.PI * time) / 600);
const series = [{ name: 'service_latency_seconds', labels: {}, at: wave, history: { every: 1, span: 600 } }];
const watches = 'watches:\n  - { name: latency, expr: service_latency_seconds, step: 1s, history: 10m, horizon: 1h }\n';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ series, watches });
  await waitFor(
    async () => {
      const { data } = await rig.query('query', { query: 'presage_forecast{quantile="0.5"} offset -30m' });
      return data.result.length > 0 ? true : undefined;
    },
    { what: 'a forecast half an hour ahead in PromQL', deadline: 100 },
  );
});
afterAll(() => rig?.stop());

async function doctor(args: readonly string[] = [], url = rig.sidecarUrl) {
  const { code, output, errors } = await runPresage('doctor', `--config.file=${rig.folder}/presage.yml`, `--url=${url}`, ...args);
  return { status: code, text: output + errors };
}

test('a set-up that is well is told so, and what would make it better', async () => {
  const { status, text } = await waitFor(
    async () => {
      const found = await doctor();
      // Prometheus needs a scrape, a series ready and an Alertmanager found.
      return found.status === 0 && /^✓ future/m.test(found.text) && /^✓ alertmanager/m.test(found.text) ? found : undefined;
    },
    { what: 'a set-up that is well', deadline: 100 },
  );
  expect(text).toMatch(/^✓ sidecar: ready/m);
  expect(text).toMatch(/^✓ prometheus: version \d/m);
  expect(text).toMatch(/^✓ clock: Prometheus and this machine agree/m);
  expect(text).toMatch(/^✓ scrape_configs \(job_name: presage\) keeps the labels/m);
  expect(text).toMatch(/^✓ remote_read .* asks the sidecar for presage_forecast alone/m);
  expect(text).toMatch(/^✓ future: PromQL sees \d+ series/m);
  expect(text).toMatch(/^✓ watch latency: 1 of at most \d+ series/m);
  expect(text).toMatch(/^✓ rules: \d+ of Presage are loaded/m);
  expect(text).toMatch(/^✓ alertmanager: Prometheus sends alerts to 1/m);
  // The rig sends no live samples.
  expect(text).toMatch(/^! remote_write: got no section for the sidecar/m);
  expect(text).toContain(`url: ${rig.sidecarUrl}/api/v1/write`);
  expect(text).toMatch(/right, 1 doubtful, 0 wrong\n$/);
  expect(status).toBe(0);
});

test('the lines that it gives can be pasted, and mend what it found', async () => {
  const [finding] = JSON.parse((await doctor(['--format=json'])).text).filter(({ text }: { text: string }) =>
    text.startsWith('remote_write'),
  );
  const file = `${rig.folder}/prometheus.yml`;
  const before = readFileSync(file, 'utf8');
  writeFileSync(file, `${before}\n${finding.paste.lines}\n`);
  rig.reloadPrometheus();
  const text = await waitFor(
    async () => {
      const found = (await doctor()).text;
      return found.includes('remote_write: got no section') ? undefined : found;
    },
    { what: 'a remote_write that is found', deadline: 100 },
  );
  expect(text).toMatch(/^[✓!] remote_write \(http.*\) sends samples as they come/m);
  writeFileSync(file, before);
});

test('the quick start leads from a bare Prometheus to a set-up that is well', async () => {
  const file = `${rig.folder}/prometheus.yml`;
  const before = readFileSync(file, 'utf8');
  const page = readFileSync(new URL('../../docs/quick-start.md', import.meta.url), 'utf8');
  const blocks = [...page.matchAll(/^```yaml\n([^]*?)^```/gm)].map((match) =>
    match[1].replaceAll('127.0.0.1:9867', new URL(rig.sidecarUrl).host),
  );
  const [scrape, ...sections] = blocks.filter((block) => /^(scrape_configs|remote_read|remote_write):/.test(block));
  expect(sections).toHaveLength(2);
  const bare = before.replace(/^remote_read:\n(?: .*\n|#.*\n)*/m, '').replace(/^ {2}- job_name: presage\n(?: {4}.*\n)*/m, '');
  expect(bare).not.toMatch(/presage_forecast|honor_labels/);
  writeFileSync(file, bare);
  rig.reloadPrometheus();
  await waitFor(async () => (/^✗ remote_read: got no section for presage_forecast/m.test((await doctor()).text) ? true : undefined), {
    what: 'the section that is missing',
    deadline: 100,
  });
  const jobs = scrape.split('\n').slice(1).join('\n');
  writeFileSync(file, `${bare.replace(/^scrape_configs:\n/m, (line) => line + jobs.replace('15s', '1s'))}\n${sections.join('\n')}`);
  rig.reloadPrometheus();
  await waitFor(
    async () => {
      const { status, text } = await doctor();
      return status === 0 && /^✓ future/m.test(text) && /^[✓!] remote_write \(http/m.test(text) ? true : undefined;
    },
    { what: 'a set-up that is well', deadline: 100 },
  );
  writeFileSync(file, before);
});

test('presage explain tells why a series is forecast so', async () => {
  const { code, output } = await runPresage('explain', '{job="node"}', `--url=${rig.sidecarUrl}`);
  expect(output).toContain('latency');
  expect(code).toBe(0);
});

test('a section that went wrong is told with the lines that mend it', async () => {
  const file = `${rig.folder}/prometheus.yml`;
  const before = readFileSync(file, 'utf8');
  writeFileSync(file, before.replace(/ *read_recent: true\n/, '').replace(/ *honor_labels: true\n/, ''));
  rig.reloadPrometheus();
  const text = await waitFor(
    async () => {
      const found = await doctor();
      return found.status === 1 ? found.text : undefined;
    },
    { what: 'a finding that is wrong', deadline: 100 },
  );
  expect(text).toMatch(/^✗ scrape_configs \(job_name: presage\): got honor_labels: false, want true/m);
  expect(text).toMatch(/^✗ remote_read .*: got read_recent: false, want true/m);
  expect(text).toContain('    read_recent: true');
});

test('a sidecar and a Grafana that are not there are told with the flag that says where they are', async () => {
  const { status, text } = await doctor(['--grafana.url=http://127.0.0.1:1', '--timeout=2s'], 'http://127.0.0.1:1');
  expect(status).toBe(1);
  expect(text).toMatch(/^✗ sidecar: .*; start it: presage run --config\.file=.*--url/m);
  expect(text).toMatch(/^✗ grafana: .*; mend --grafana\.url/m);
  expect(text).toMatch(/^✓ prometheus: version/m);
});

test('without Prometheus that is all that is told', async () => {
  await rig.stopPrometheus();
  const { status, text } = await doctor(['--timeout=2s']);
  expect(status).toBe(1);
  expect(text).toMatch(/^✗ prometheus: .*; mend prometheus\.url/m);
  expect(text).not.toMatch(/remote_read/);
});
