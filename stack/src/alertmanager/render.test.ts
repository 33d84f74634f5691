import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { renderAlertmanager, type AlertmanagerOptions } from './render.ts';

const secrets = mkdtempSync(path.join(tmpdir(), 'presage-secrets-'));
const slackUrl = 'https://hooks.example.org/x';
writeFileSync(path.join(secrets, 'slack-url'), `${slackUrl}\n`);

const text = `
receivers:
  - name: page
    slack_configs: [{ api_url_file: /etc/alertmanager/slack-url, channel: '#a' }]
    email_configs: [{ to: me@example.org, auth_password_file: /etc/alertmanager/smtp-password }]
    webhook_configs:
      - { url: https://a.example.org, http_config: { authorization: { credentials_file: /etc/alertmanager/token } } }
      - { url: https://b.example.org }
  - name: ticket
    slack_configs: [{ api_url_file: /etc/alertmanager/slack-url, channel: '#b' }]
    email_configs: [{ to: you@example.org, auth_password_file: /etc/alertmanager/smtp-password }]
`;
const render = (source: string, options: Partial<AlertmanagerOptions> = {}) =>
  renderAlertmanager(source, 'a.yml', {
    replacements: { '/etc/alertmanager/': `${secrets}/` },
    environment: {},
    missing: 'leave out',
    ...options,
  });
const place = (name: string, variable: string) => ({ name, file: `${secrets}/${name}`, variable });

describe('where integrations without secrets are left out', () => {
  const rendered = render(text, { webhook: 'http://127.0.0.1:7/alerts' });
  const terminal = { url: 'http://127.0.0.1:7/alerts' };

  test('the others get theirs in place, and every receiver the webhook', () => {
    expect(parse(rendered.text)).toEqual({
      receivers: [
        {
          name: 'page',
          slack_configs: [{ api_url: slackUrl, channel: '#a' }],
          webhook_configs: [{ url: 'https://b.example.org' }, terminal],
        },
        { name: 'ticket', slack_configs: [{ api_url: slackUrl, channel: '#b' }], webhook_configs: [terminal] },
      ],
    });
  });

  test('it tells which, and both places of each secret', () => {
    const password = place('smtp-password', 'PRESAGE_SECRET_SMTP_PASSWORD');
    expect(rendered.leftOut).toEqual([
      { receiver: 'page', integration: 'email', secret: password },
      { receiver: 'page', integration: 'webhook', secret: place('token', 'PRESAGE_SECRET_TOKEN') },
      { receiver: 'ticket', integration: 'email', secret: password },
    ]);
    expect(rendered.kept).toEqual(['page/slack', 'page/webhook', 'ticket/slack']);
  });
});

describe('where every secret is wanted', () => {
  test('all that are missing are named, each once with who needs it and both ways to give it', () => {
    expect(() => render(text, { missing: 'refuse' })).toThrow(
      `a.yml: 2 secrets are missing
  smtp-password (for page/email, ticket/email): want the file ${secrets}/smtp-password or the environment variable PRESAGE_SECRET_SMTP_PASSWORD
  token (for page/webhook): want the file ${secrets}/token or the environment variable PRESAGE_SECRET_TOKEN`,
    );
  });

  test('they come from the environment as well', () => {
    const environment = { PRESAGE_SECRET_SMTP_PASSWORD: 'yes', PRESAGE_SECRET_TOKEN: '0x1F' };
    const rendered = render(text, { missing: 'refuse', environment });
    expect(rendered.leftOut).toEqual([]);
    expect(rendered.text).toContain('auth_password: "yes"');
    expect(rendered.text).toContain('credentials: "0x1F"');
    expect(rendered.text).not.toMatch(/_file\b/);
  });

  test('a secret of the section global cannot be left out', () => {
    const source = `global: { slack_api_url_file: /etc/alertmanager/other }\n${text}`;
    expect(() => render(source)).toThrow(/a secret is missing\n {2}other \(for global\/all\)/);
    expect(render(source, { environment: { PRESAGE_SECRET_OTHER: slackUrl } }).text).toContain(`slack_api_url: "${slackUrl}"`);
  });
});

test.each([
  ['no receivers', 'route: {}', 'a.yml: receivers: got none, want a list'],
  [
    'a relative path',
    `receivers: [{ name: a, slack_configs: [{ api_url_file: slack-url }] }]`,
    'api_url_file: got "slack-url", want an absolute',
  ],
  ['no YAML', 'receivers: [', /^a.yml: .*line 1/s],
])('%s is refused', (_name, source, message) => {
  expect(() => render(source)).toThrow(message);
});

test('a secret that is no URL where one is wanted is refused without being shown', () => {
  const wrong = (): unknown =>
    render(`receivers: [{ name: a, slack_configs: [{ api_url_file: /s/url }] }]`, { environment: { PRESAGE_SECRET_URL: 'hush' } });
  expect(wrong).toThrow('secret url: got no URL, want one that begins with http:// or https://');
  expect(wrong).not.toThrow(/hush/);
});

test('what TLS reads stays a file, which must be there', () => {
  const source = (file: string) =>
    `receivers: [{ name: a, webhook_configs: [{ url: https://a, http_config: { tls_config: { ca_file: ${file} } } }] }]`;
  expect(render(source('/etc/alertmanager/slack-url')).text).toContain(`ca_file: ${secrets}/slack-url`);
  expect(() => render(source('/etc/alertmanager/ca.pem'), { missing: 'refuse' })).toThrow(/ca\.pem \(for a\/webhook\)/);
});

test('the one secret that is a number is written as one', () => {
  const source = 'receivers: [{ name: a, telegram_configs: [{ chat_id_file: /s/chat }] }]';
  expect(parse(render(source, { environment: { PRESAGE_SECRET_CHAT: '-1001' } }).text)).toMatchObject({
    receivers: [{ telegram_configs: [{ chat_id: -1001 }] }],
  });
});

test('quiet hours stay unless told', () => {
  const source = `route: { routes: [{ receiver: ticket, mute_time_intervals: [night] }] }\n${text}`;
  expect(render(source).text).toContain('mute_time_intervals: [ night ]');
  expect(parse(render(source, { quietHours: false }).text)).toMatchObject({ route: { routes: [{ receiver: 'ticket' }] } });
  expect(render(source, { quietHours: false }).text).not.toContain('mute_time_intervals');
});
