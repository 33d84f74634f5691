import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'presage-secrets-'));
const output = join(folder, 'alertmanager.yml');
const secrets = join(folder, 'secrets');
mkdirSync(secrets);
const environment = { PRESAGE_SECRET_SLACK_URL: 'https://hooks.example.org/canary-slack', PRESAGE_SECRET_SMTP_PASSWORD: 'canary-smtp' };
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the program as docs/notifications.md says, with a folder of secrets of its own. */
function render(variables: Readonly<Record<string, string>>, ...more: readonly string[]) {
  const words = ['--config.file=alertmanager/alertmanager.yml', `--secrets.path=${secrets}`, `--output.file=${output}`, ...more];
  const { PATH } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['stack/dist/alertmanager-config.js', ...words], {
    cwd: root,
    env: { PATH, ...variables },
    encoding: 'utf8',
  });
  return { status, text: stdout + stderr };
}

test('a secret that is missing is named before anything starts, and how to give it', () => {
  const { status, text } = render(environment);
  expect(status).toBe(1);
  expect(text).toMatch(/webhook-token[^]*PRESAGE_SECRET_WEBHOOK_TOKEN/);
  expect(text).not.toContain('canary');
  expect(existsSync(output)).toBe(false);
});

test('from files and from the environment they end in one file, for its owner alone', () => {
  writeFileSync(join(secrets, 'webhook-token'), 'canary-token\n');
  const { status, text } = render(environment);
  expect(text).not.toContain('canary');
  expect(status).toBe(0);
  const rendered = readFileSync(output, 'utf8');
  for (const secret of ['canary-slack', 'canary-smtp', 'canary-token']) expect(rendered).toContain(secret);
  expect(statSync(output).mode & 0o777).toBe(0o600);
});

test('told so, it leaves out what has no secret, and says what', () => {
  rmSync(join(secrets, 'webhook-token'));
  const { status, text } = render({}, '--missing-secrets=leave-out');
  expect(status).toBe(0);
  expect(text).toMatch(/slack[^]*(smtp|e-mail|email)[^]*webhook/i);
});
