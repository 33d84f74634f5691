import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NotificationRig, type Alert } from './notification-rig.ts';

// What each receiver shows, as files in testdata/notifications: the bodies that a real Alertmanager sent. After a change of the
// templates: npx vitest run --project end-to-end notification-texts -u, then look at the difference, and at the mails in a browser.

const began = '2026-03-02T09:30:00Z';
// An alert of the past would be sent before the others of its group are there.
const begins = '2046-03-02T09:30:00Z';
const never = '2048-01-01T00:00:00Z';

const limitSoon: Alert = {
  labels: { alertname: 'PresageLimitSoon', severity: 'page', instance: 'db-1', watch: 'filesystem', limit: 'full', mountpoint: '/var' },
  annotations: {
    summary: 'filesystem on db-1 (/var) will pass its limit "full" in about 3h 2m 10s',
    description:
      'As likely earlier as later: 1 in 10 within 2h 4m 0s, 9 in 10 within 5h 30m 0s. The chance that it comes to this is 87.5%. It is at 0.84, expected was 0.79 to 0.83; the limit is 0.95. Unusual there, too: disk_saturation (sda) at a score of 1.62.',
    runbook_url: 'docs/runbooks/PresageLimitSoon.md',
    dashboard_url: 'd/presage-host?var-instance=db-1',
  },
  startsAt: began,
  endsAt: never,
  generatorURL: 'http://prometheus.example.org/graph?g0.expr=presage%3Atime_to_limit_seconds%3Asoon&g0.tab=1',
};

const many: readonly Alert[] = Array.from({ length: 12 }, (_, i) => ({
  labels: {
    alertname: 'PresageAnomaly',
    severity: 'ticket',
    instance: 'web-7',
    watch: 'disk_latency',
    device: `nvme${String(i).padStart(2, '0')}`,
  },
  annotations: {
    summary: `disk_latency on web-7 (nvme${i}) has not been as expected for 15 minutes`,
    description: '86.67% of its last 15 minutes were anomalous.',
    related: 'cpu at a score of 1.4, load at a score of 1.2',
    runbook_url: 'https://wiki.example.org/runbooks/PresageAnomaly',
    dashboard_url: 'd/presage-host?var-instance=web-7',
  },
  startsAt: begins,
  endsAt: never,
}));

const markup = '<script>alert(1)</script><!channel> <b>&amp;"\'`*_~ {{ .Status }}';
const hostile: Alert = {
  labels: {
    alertname: 'Hostile',
    severity: 'page',
    instance: `${markup} ${'x'.repeat(300)}`,
    name: '\u202e<img src="https://tracker.example.org/x.png">\r\nBcc: everybody@example.org',
    long: 'ü'.repeat(300),
  },
  annotations: {
    summary: `${markup}\r\nSubject: changed ${'y '.repeat(300)}`,
    description: `${markup} ${'z'.repeat(3000)}`,
    unforeseen_thing: markup,
    runbook_url: 'javascript:alert(1)//<script>',
    dashboard_url: '"><script>alert(1)</script>|x',
  },
  startsAt: began,
  endsAt: never,
  generatorURL: 'http://prometheus.example.org/graph?g0.expr=a%3E1',
};

const bare: Alert = { labels: { alertname: 'MyOwnAlert', severity: 'critical', team: 'web' }, startsAt: began, endsAt: never };

const rig = new NotificationRig({
  // Tickets by mail, too, so that every case is seen in every form.
  change: (text) => text.replace('  - name: ticket\n', (name) => `${name}${/ {4}email_configs:\n(?: {6}.*\n)+/.exec(text)?.[0]}`),
});
beforeAll(() => rig.start());
afterAll(() => rig.stop());

// The last is the end of the first.
describe.each([
  ['one-page', 'will pass its limit', [limitSoon]],
  ['many-of-one-host', 'first of 12', many],
  ['hostile', 'alert(1)', [hostile]],
  ['bare', 'MyOwnAlert', [bare]],
  ['resolved', '[resolved] filesystem', [{ ...limitSoon, endsAt: '2026-03-02T11:45:00Z' }]],
] as const)('%s', (name, text, alerts) => {
  beforeAll(() => rig.send(...alerts));

  test('in Slack', async () => {
    const { body } = await rig.posted('/slack', text);
    await expect(pretty(body)).toMatchFileSnapshot(`testdata/notifications/${name}.slack.json`);
  });

  test('by mail', async () => {
    const mail = await rig.mailed(text);
    await expect(`Subject: ${mail.subject}\n\n${mail.text}`).toMatchFileSnapshot(`testdata/notifications/${name}.mail.txt`);
    await expect(mail.html).toMatchFileSnapshot(`testdata/notifications/${name}.mail.html`);
  });
});

const pretty = (body: string): string => `${JSON.stringify(JSON.parse(body), undefined, 2)}\n`;
