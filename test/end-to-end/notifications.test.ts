import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { secrets, NotificationRig, type Alert } from './notification-rig.ts';

const rig = new NotificationRig();
beforeAll(() => rig.start());
afterAll(() => rig.stop());

const soon = {
  labels: { alertname: 'PresageLimitSoon', severity: 'page', instance: 'db-1', watch: 'filesystem', limit: 'full', mountpoint: '/var' },
  annotations: { summary: 'full in 3h', description: 'As likely earlier as later.', runbook_url: 'docs/runbooks/PresageLimitSoon.md' },
};
const called = (alertname: string, severity: string, more: Readonly<Record<string, string>> = {}): Alert => ({
  ...soon,
  labels: { ...soon.labels, alertname, severity, ...more },
});
const now = (): string => new Date().toISOString();

describe('a page', () => {
  beforeAll(() => rig.send(soon));

  test('reaches Slack, at the address that is a secret', async () => {
    const message: { channel: string; attachments: { title: string; text: string; color: string }[] } = JSON.parse(
      (await rig.posted('/slack', 'full in 3h')).body,
    );
    expect(message.channel).toBe('#oncall');
    expect(message.attachments[0]).toMatchObject({ title: '[page] full in 3h', color: 'danger' });
    expect(message.attachments[0].text).toContain('As likely earlier as later.');
  });

  test('reaches the webhook with its token', async () => {
    const { authorization, body } = await rig.posted('/presage', 'PresageLimitSoon');
    expect(authorization).toBe('Bearer s3cret');
    expect(JSON.parse(body)).toMatchObject({ receiver: 'page', status: 'firing', groupLabels: { instance: 'db-1' }, alerts: [soon] });
  });

  test('reaches the mailbox, over TLS and with the password, as text and as HTML with the same facts', async () => {
    const mail = await rig.mailed('full in 3h');
    expect(mail).toMatchObject({ user: 'presage@example.org', secure: true, to: ['oncall@example.org'], subject: '[page] full in 3h' });
    for (const text of [mail.text, mail.html])
      expect(text).toMatch(
        /full in 3h[^]*As likely earlier as later\.[^]*https:\/\/presage\.example\.org\/docs\/runbooks\/PresageLimitSoon\.md/,
      );
    expect(mail.source).toMatch(/multipart\/alternative[^]*text\/plain[^]*text\/html/);
  });

  test('silences the ticket about the same limit, and no other', async () => {
    await rig.send(called('PresageLimitAhead', 'ticket'), called('PresageLimitAhead', 'ticket', { mountpoint: '/home' }));
    const { alerts }: { alerts: Alert[] } = JSON.parse((await rig.posted('/presage', 'PresageLimitAhead')).body);
    expect(alerts.map(({ labels }) => labels['mountpoint'])).toEqual(['/home']);
  });

  test('is silenced itself by an alert of your own that it foretold, and takes no part in what follows', async () => {
    await rig.send(called('FilesystemFull', 'page', { limit: '' }));
    await rig.becomes('suppressed', 'PresageLimitSoon');
    await rig.posted('/presage', 'FilesystemFull');
    const before = rig.posts.length;
    await rig.send({ ...soon, endsAt: now() }, called('Marker', 'page', { watch: 'other' }));
    await rig.posted('/presage', 'Marker');
    expect(
      rig.posts.slice(before).filter(({ path, body }) => path === '/presage' && body.includes('"alertname":"PresageLimitSoon"')),
    ).toEqual([]);
  });

  test('the end of what happened is told in all three', async () => {
    await rig.send(
      { ...called('FilesystemFull', 'page', { limit: '' }), endsAt: now() },
      { ...called('Marker', 'page', { watch: 'other' }), endsAt: now() },
    );
    await rig.posted('/presage', '"status":"resolved"');
    expect((await rig.posted('/slack', '[resolved]')).body).toContain('"color":"good"');
    expect((await rig.mailed('[resolved]')).text).toContain('Resolved after less than a minute: full in 3h');
  });
});

test('everything of one host is one message, and hosts are apart; what has no host is one for each kind', async () => {
  const of = (alertname: string, instance?: string): Alert => ({
    labels: { alertname, severity: 'page', ...(instance !== undefined && { instance }) },
    // One of the past would be sent before the others are there.
    startsAt: '2046-01-01T00:00:00Z',
    endsAt: '2048-01-01T00:00:00Z',
  });
  await rig.send(of('Together', 'web-1'), of('Alike', 'web-1'), of('Together', 'web-2'), of('Together'), of('Alike'));
  // The newest message of each group: an alert that comes late makes another one.
  const groups = (): Readonly<Record<string, number>> =>
    Object.fromEntries(
      rig.posts
        .filter(({ path, body }) => path === '/presage' && /Together|Alike/.test(body))
        .map(({ body }): { groupLabels: Record<string, string>; alerts: Alert[] } => JSON.parse(body))
        .map(({ groupLabels, alerts }) => [Object.values(groupLabels).join(), alerts.length]),
    );
  await expect.poll(groups, { timeout: 60_000 }).toEqual({ Alike: 1, Together: 1, 'web-1': 2, 'web-2': 1 });
});

test('with the sidecar down, what follows from it is silent', async () => {
  await rig.send(
    { labels: { alertname: 'PresageSidecarDown', severity: 'page', instance: 'sidecar:9867' } },
    { labels: { alertname: 'PresageForecastStale', severity: 'ticket', watch: 'cpu' } },
  );
  expect(await rig.becomes('suppressed', 'PresageForecastStale')).toMatchObject({ watch: 'cpu' });
});

test('no page of Alertmanager shows a secret', async () => {
  const pages = await Promise.all(
    ['/api/v2/status', '/api/v2/receivers', '/metrics'].map(async (page) => (await fetch(`${rig.url}${page}`)).text()),
  );
  expect(pages[0]).toContain('<secret>');
  for (const secret of Object.values(secrets)) expect(pages.join()).not.toContain(secret);
});

describe('quiet hours', () => {
  const ticket: Alert = { labels: { alertname: 'Ticket', severity: 'ticket', instance: 'night-1' } };
  const page: Alert = { labels: { alertname: 'Page', severity: 'critical', instance: 'night-1' } };
  const own: Alert = { labels: { alertname: 'Own', instance: 'night-1' } };
  const hostless: Alert = { labels: { alertname: 'Hostless', severity: 'warning' } };
  const intervals = / {2}- name: out-of-hours\n(?: {4}.*\n)+/;
  const interval = (times: string) => (text: string) => text.replace(intervals, `  - name: out-of-hours\n    time_intervals: [${times}]\n`);
  const received = (name: string) => rig.posts.filter(({ body }) => body.includes(`"alertname":"${name}"`)).length;

  test('hold tickets back, with and without a host, and nothing else', async () => {
    rig.configure(interval(`{ years: ['2000:2999'] }`), { quietHours: true });
    await rig.reload();
    await rig.send(ticket, hostless);
    await rig.send(page, own);
    await Promise.all([rig.posted('/presage', '"alertname":"Page"'), rig.posted('/presage', '"alertname":"Own"')]);
    // One more round of every group: it would have come by now.
    await rig.send({ labels: { alertname: 'Later', severity: 'page', instance: 'night-1' } });
    await rig.posted('/presage', '"alertname":"Later"');
    expect([received('Ticket'), received('Hostless')]).toEqual([0, 0]);
  });

  test('and what is still wrong at their end is sent then', async () => {
    rig.configure(interval(`{ years: ['2000'] }`), { quietHours: true });
    await rig.reload();
    await Promise.all([rig.posted('/presage', '"alertname":"Ticket"'), rig.posted('/presage', '"alertname":"Hostless"')]);
    expect(received('Page')).toBeGreaterThan(0);
  });
});
