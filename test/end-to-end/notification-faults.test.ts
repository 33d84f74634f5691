import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitFor } from '../../stack/src/wait.ts';
import { repositoryFile } from '../contract/machine.ts';
import { readMetric, startAlertingPrometheus, type AlertingPrometheus } from './alerting-prometheus.ts';
import { codeBlock } from './documented.ts';
import { NotificationRig } from './notification-rig.ts';

// From a scraped value to Slack, mail and webhook, on the shipped rules and routes: Alertmanager is down when the alert begins, and then
// no receiver takes it at first. Each test goes on from the one before.

const tried = { '/slack': 0, '/presage': 0 };
const rig = new NotificationRig({
  mailbox: false,
  answer: (post, response) => {
    const times = post.path === '/slack' ? ++tried['/slack'] : ++tried['/presage'];
    // After 404 Alertmanager does not try at once again, but in the next round.
    if (post.path === '/slack' && times <= 2) response.writeHead(times === 1 ? 500 : 404).end('no');
    // The first is never answered, the next is slow.
    else if (post.path === '/presage' && times === 2) setTimeout(() => response.end('ok'), 2000);
    else if (post.path === '/slack' || times > 2) response.end('ok');
  },
});
let prometheus: AlertingPrometheus;

const forecast = `presage_time_to_limit_seconds{watch="filesystem",device="/dev/vda",mountpoint="/var",limit="full",quantile="0.5"} 1800
presage_limit_probability_ratio{watch="filesystem",device="/dev/vda",mountpoint="/var",limit="full",horizon="6h"} 0.97
presage_forecast_skill_ratio{watch="filesystem",device="/dev/vda",mountpoint="/var"} 0.4
presage_series_state{watch="filesystem",device="/dev/vda",mountpoint="/var",state="ready"} 1
`;
const filesystem = (available: number): string => `node_filesystem_size_bytes{device="/dev/vda",mountpoint="/var"} 100
node_filesystem_avail_bytes{device="/dev/vda",mountpoint="/var"} ${available}
`;
const ownRule = codeBlock('docs/notifications.md', 'groups:');

beforeAll(async () => {
  await rig.start();
  await rig.stopAlertmanager();
  const shipped = readFileSync(repositoryFile('provisioning/prometheus/rules/limits.yml'), 'utf8');
  prometheus = await startAlertingPrometheus([shipped, ownRule], rig.url.replace('http://', ''));
});
afterAll(async () => {
  await prometheus.stop();
  await rig.stop();
});

test('an alert that begins while Alertmanager is down arrives once it is back, although one receiver fails, one hangs and one refuses', async () => {
  prometheus.expose(forecast + filesystem(20));
  const failed = async (): Promise<true | undefined> => (await prometheus.own('prometheus_notifications_dropped_total')) > 0 || undefined;
  await waitFor(failed, { what: 'Prometheus to fail to tell Alertmanager', deadline: 60 });
  await rig.startAlertmanager();
  const refused = async (): Promise<true | undefined> =>
    (await readMetric(`${rig.url}/metrics`, 'alertmanager_notification_requests_failed_total{integration="email"')) > 0 || undefined;
  await waitFor(refused, { what: 'the mail server to be missed', deadline: 60 });
  await rig.openMailbox();
  const summary = /filesystem on db-1 \(\/var\) will pass its limit/;
  expect((await rig.mailed('will pass its limit')).text).toMatch(summary);
  const wait = (place: keyof typeof tried, times: number): Promise<true> =>
    waitFor(() => Promise.resolve(tried[place] >= times || undefined), { what: `try ${times} of ${place}`, deadline: 90 });
  await Promise.all([wait('/slack', 3), wait('/presage', 2)]);
  for (const place of ['/slack', '/presage']) expect((await rig.posted(place, 'will pass its limit')).body).toMatch(summary);
});

test('the alert of your own that it foretold is told in all three, and silences the prediction', async () => {
  prometheus.expose(forecast + filesystem(1));
  await Promise.all([
    rig.posted('/slack', '/var on db-1 is full'),
    rig.posted('/presage', '/var on db-1 is full'),
    rig.mailed('/var on db-1 is full'),
  ]);
  expect(await rig.becomes('suppressed', 'PresageLimitSoon')).toMatchObject({ watch: 'filesystem', mountpoint: '/var' });
});

test('the end is told in all three', async () => {
  prometheus.expose(filesystem(60));
  expect((await rig.posted('/slack', '[resolved]')).body).toMatch(/Resolved|It lasted/);
  expect((await rig.posted('/presage', '"status":"resolved"')).body).toContain('FilesystemFull');
  expect((await rig.mailed('[resolved]')).html).toContain('Resolved');
});
