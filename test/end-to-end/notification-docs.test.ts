import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBinaries } from '../../stack/src/binaries.ts';
import { execute } from '../../stack/src/execute.ts';
import { repositoryFile, testMachine } from '../contract/machine.ts';
import { codeBlock, codeBlocks } from './documented.ts';
import { NotificationRig } from './notification-rig.ts';

// The commands of docs/notifications.md, as they stand there, with the addresses of this test in place of the usual ones.

const page = 'docs/notifications.md';
const rig = new NotificationRig();
beforeAll(async () => {
  await rig.start();
  const { amtool } = await findBinaries(testMachine());
  mkdirSync(`${rig.folder}/bin`);
  symlinkSync(amtool.path, `${rig.folder}/bin/amtool`);
});
afterAll(() => rig.stop());

const given = {
  PRESAGE_SECRET_SLACK_URL: 'https://hooks.example.org/hush',
  PRESAGE_SECRET_SMTP_PASSWORD: 'hush hush',
  PRESAGE_SECRET_WEBHOOK_TOKEN: 'hushhush',
};

function run(block: string, environment: Readonly<Record<string, string>> = {}): ReturnType<typeof execute> {
  const command = block.replaceAll('http://127.0.0.1:9093', rig.url).replaceAll('/tmp/alertmanager.yml', `${rig.folder}/rendered.yml`);
  return execute('/bin/sh', ['-ec', command], {
    folder: path.dirname(repositoryFile('package.json')),
    environment: { PATH: `${rig.folder}/bin:${path.dirname(process.execPath)}:/usr/bin:/bin`, HOME: rig.folder, ...environment },
    accept: [1],
  });
}

test('every command of the page is run here', () => {
  const commands = codeBlocks(page).filter((block) => /^\s*(amtool|node) /.test(block));
  expect(commands.map((block) => block.trim().split(' ').slice(0, 2).join(' '))).toEqual([
    'amtool config',
    'amtool --alertmanager.url=http://127.0.0.1:9093',
    'amtool --alertmanager.url=http://127.0.0.1:9093',
    'node stack/dist/alertmanager-config.js',
  ]);
});

test('amtool tells the receiver of labels', async () => {
  expect((await run(codeBlock(page, 'amtool config'))).output.trim()).toBe('ticket');
});

test('the trial alert arrives, and its end', async () => {
  const [begin, end] = codeBlocks(page).filter((block) => block.includes('alert add Trial'));
  await run(begin);
  expect((await rig.posted('/slack', 'A trial')).body).toContain('[page] A trial');
  expect((await rig.mailed('A trial')).subject).toBe('[page] A trial');
  await run(end);
  expect((await rig.mailed('[resolved]')).text).toContain('A trial');
});

test('the program writes a configuration that its owner alone may read, and tells no secret', async () => {
  const { code, output, errors } = await run(codeBlock(page, 'node stack/dist/alertmanager-config.js'), given);
  expect([code, errors]).toEqual([0, '']);
  expect(output).toBe(`wrote ${rig.folder}/rendered.yml: page/slack, page/email, page/webhook, ticket/slack, ticket/webhook\n`);
  expect(statSync(`${rig.folder}/rendered.yml`).mode & 0o777).toBe(0o600);
  const text = readFileSync(`${rig.folder}/rendered.yml`, 'utf8');
  for (const secret of Object.values(given)) expect(text).toContain(JSON.stringify(secret));
  const { output: checked } = await run(`amtool check-config ${rig.folder}/rendered.yml`);
  expect(checked).toContain('2 receivers');
});

test('a missing secret is an error before anything is written, with both ways to give it', async () => {
  rmSync(`${rig.folder}/rendered.yml`);
  const { PRESAGE_SECRET_SMTP_PASSWORD: _, ...others } = given;
  const { code, output, errors } = await run(codeBlock(page, 'node stack/dist/alertmanager-config.js'), others);
  expect([code, output]).toEqual([1, '']);
  expect(errors).toMatch(
    /a secret is missing\n {2}smtp-password \(for page\/email\): want the file \S+\/secrets\/smtp-password or the environment variable PRESAGE_SECRET_SMTP_PASSWORD\n/,
  );
  expect(errors).not.toContain('hush');
  expect(existsSync(`${rig.folder}/rendered.yml`)).toBe(false);
});

test('with --missing-secrets=leave-out it goes on without, and says so', async () => {
  const block = codeBlock(page, 'node stack/dist/alertmanager-config.js').trimEnd();
  const { code, output } = await run(`${block} --missing-secrets=leave-out`, { PRESAGE_SECRET_WEBHOOK_TOKEN: 'hushhush' });
  expect([code, output.split('\n')[0]]).toEqual([0, `wrote ${rig.folder}/rendered.yml: page/webhook, ticket/webhook`]);
  expect(output).toMatch(/left out page\/slack: there is neither \S+\/slack-url nor PRESAGE_SECRET_SLACK_URL\n/);
});
