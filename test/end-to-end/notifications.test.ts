import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBinaries } from '../../stack/src/binaries.ts';
import { renderAlertmanager } from '../../stack/src/alertmanager/render.ts';
import { setEverywhere } from '../../stack/src/configuration.ts';
import { choosePorts } from '../../stack/src/ports.ts';
import { Child } from '../../stack/src/processes/child.ts';
import { waitFor } from '../../stack/src/wait.ts';
import { repositoryFile, testMachine } from '../contract/machine.ts';
import { receiveMail, type Mail, type SmtpServer } from './smtp-server.ts';
import { serve, type TestServer } from './started-program.ts';

/** What a receiver was sent: the path, the bearer token and the body. */
interface Post {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

const posts: Post[] = [];
const mails: Mail[] = [];
const folder = mkdtempSync(path.join(tmpdir(), 'presage-notifications-'));
let receiver: TestServer;
let mailbox: SmtpServer;
let alertmanager: Child;
let url: string;

beforeAll(async () => {
  receiver = await serve((request, body, response) => {
    posts.push({ path: String(request.url), authorization: request.headers.authorization, body: body.toString() });
    response.end('ok');
  });
  mailbox = await receiveMail((mail) => mails.push(mail));
  const secrets = { 'slack-url': `${receiver.url}/slack`, 'smtp-password': 'open sesame', 'webhook-token': 's3cret' };
  mkdirSync(`${folder}/secrets`);
  for (const [name, secret] of Object.entries(secrets)) writeFileSync(`${folder}/secrets/${name}`, secret);
  const { port } = await choosePorts({ port: 0 });
  url = `http://127.0.0.1:${port}`;
  const { alertmanager: program } = await findBinaries(testMachine());
  writeFileSync(`${folder}/alertmanager.yml`, configuration());
  const options = [`--config.file=${folder}/alertmanager.yml`, `--storage.path=${folder}/data`, '--cluster.listen-address='];
  const plan = {
    name: 'alertmanager',
    command: program.path,
    args: [...program.args, ...options, `--web.listen-address=127.0.0.1:${port}`],
    folder: program.folder ?? folder,
    environment: { ...process.env, ...program.environment },
    log: `${folder}/alertmanager.log`,
    readyUrl: `${url}/-/ready`,
    startDeadline: 30,
    stopDeadline: 10,
  };
  alertmanager = new Child(plan, { started: () => {}, say: () => {} });
  await alertmanager.start();
});

afterAll(async () => {
  await alertmanager.stop();
  await Promise.all([receiver.close(), mailbox.close()]);
  rmSync(folder, { recursive: true, force: true });
});

describe('a page', () => {
  const alert = {
    labels: { alertname: 'PresageLimitSoon', severity: 'page', instance: 'db-1', watch: 'filesystem', limit: 'full', mountpoint: '/var' },
    annotations: {
      summary: 'full in 3h',
      description: 'As likely earlier as later.',
      runbook_url: 'docs/runbooks/PresageLimitSoon.md',
      dashboard_url: 'd/presage-host?var-instance=db-1',
    },
  };
  beforeAll(async () => await send(alert));

  test('reaches Slack with summary, description and runbook, at the address in its file', async () => {
    const { body } = await posted('/slack', 'firing');
    const message: { channel: string; attachments: { title: string; text: string }[] } = JSON.parse(body);
    expect(message.channel).toBe('#oncall');
    expect(message.attachments[0].title).toBe('[1 firing] PresageLimitSoon on db-1');
    expect(message.attachments[0].text).toMatch(/^full in 3h\nAs likely earlier as later.\nRunbook: docs\/runbooks\/PresageLimitSoon.md/);
  });

  test('links to the dashboard of its host with the day before it began and the day after', async () => {
    const { body } = await posted('/slack', 'firing');
    const message: { attachments: { text: string }[] } = JSON.parse(body);
    const link = /Dashboard: http:\/\/127\.0\.0\.1:3000\/d\/presage-host\?var-instance=db-1&from=(\d+)&to=(\d+)\n/.exec(
      message.attachments[0].text,
    );
    const [from, to] = [Number(link?.[1]), Number(link?.[2])];
    expect(to - from).toBe(2 * 86_400_000);
    expect(Math.abs((from + to) / 2 - Date.now())).toBeLessThan(3_600_000);
  });

  test('reaches the webhook with the token of its file', async () => {
    const { authorization, body } = await posted('/presage', 'firing');
    expect(authorization).toBe('Bearer s3cret');
    expect(JSON.parse(body)).toMatchObject({ receiver: 'page', groupLabels: { alertname: 'PresageLimitSoon', instance: 'db-1' } });
  });

  test('reaches the mailbox with the password of its file', async () => {
    const mail = await waitFor(() => Promise.resolve(mails[0]), { what: 'a mail', deadline: 20 });
    expect(mail).toMatchObject({ user: 'presage@example.org', password: 'open sesame', to: '<oncall@example.org>' });
    expect(mail.text).toContain('Subject: [1 firing] PresageLimitSoon on db-1');
    expect(mail.text).toContain('As likely earlier as later.');
  });

  test('silences the ticket about the same limit, but no other', async () => {
    await send({ ...alert, labels: { ...alert.labels, alertname: 'PresageLimitAhead', severity: 'ticket' } });
    await send({ ...alert, labels: { ...alert.labels, alertname: 'PresageLimitAhead', severity: 'ticket', mountpoint: '/home' } });
    const { body } = await posted('/presage', 'PresageLimitAhead');
    const { alerts }: { alerts: { labels: Record<string, string> }[] } = JSON.parse(body);
    expect(alerts.map(({ labels }) => labels['mountpoint'])).toEqual(['/home']);
  });

  test('is silenced itself by what has happened, and its end is told', async () => {
    await send({ ...alert, labels: { ...alert.labels, alertname: 'PresageLimitPassed' } });
    await posted('/presage', 'PresageLimitPassed');
    await waitFor(
      async () => {
        const answer: { labels: Record<string, string>; status: { state: string } }[] = JSON.parse(
          await (await fetch(`${url}/api/v2/alerts?filter=alertname="PresageLimitSoon"`)).text(),
        );
        return answer[0]?.status.state === 'suppressed' || undefined;
      },
      { what: 'the prediction to be suppressed', deadline: 20 },
    );
    await send({ ...alert, labels: { ...alert.labels, alertname: 'PresageLimitPassed' }, endsAt: new Date().toISOString() });
    expect((await posted('/slack', '[resolved] PresageLimitPassed on db-1')).body).toContain('Resolved: full in 3h');
  });
});

test('with the sidecar down, what follows from it is silent', async () => {
  await send({ labels: { alertname: 'PresageSidecarDown', severity: 'page', instance: 'sidecar:9867' }, annotations: {} });
  await posted('/presage', 'PresageSidecarDown');
  await send({ labels: { alertname: 'PresageForecastStale', severity: 'ticket', watch: 'cpu' }, annotations: {} });
  await send({ labels: { alertname: 'Other', severity: 'ticket' }, annotations: {} });
  await posted('/presage', '"alertname":"Other"');
  expect(posts.filter(({ body }) => body.includes('PresageForecastStale'))).toEqual([]);
});

test('every integration was kept, as every secret is there', () => {
  expect(readFileSync(`${folder}/alertmanager.yml`, 'utf8')).toMatch(/email_configs[^]*slack_configs/);
});

function configuration(): string {
  const file = repositoryFile('alertmanager/alertmanager.yml');
  const replacements = {
    '/etc/alertmanager/secrets/': `${folder}/secrets/`,
    '/etc/alertmanager/': `${repositoryFile('alertmanager')}/`,
    'https://alerts.example.org': receiver.url,
    'mail.example.org:587': mailbox.address,
  };
  const hasty = ['group_wait', 'group_interval'].reduce((text, key) => setEverywhere(text, file, key, '1s'), readFileSync(file, 'utf8'));
  const options = { replacements, environment: {}, missing: 'refuse', quietHours: false } as const;
  return renderAlertmanager(setEverywhere(hasty, file, 'require_tls', false), file, options).text;
}

async function send(alert: { labels: Record<string, string>; annotations: Record<string, string>; endsAt?: string }): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body: JSON.stringify([alert]) });
  expect(response.status).toBe(200);
}

function posted(place: string, text: string): Promise<Post> {
  const find = (): Promise<Post | undefined> => Promise.resolve(posts.find((post) => post.path === place && post.body.includes(text)));
  return waitFor(find, { what: `a message to ${place} with ${text}`, deadline: 20 });
}
