import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { routes } from '../../ml-sidecar/src/serve/routes.ts';
import { presageScript, startSidecar } from './started-parts.ts';
import { answers, serve, type StartedProgram, type TestServer, until } from './started-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-canaries-'));

/** A secret in every place that can hold one. */
const canaries = {
  password: 'canary-password-w8Rk2',
  header: 'canary-header-Zt61x',
  bearer: 'canary-bearer-pQ7s0',
  token: 'canary-api-token-3fGh9L',
  redis: 'canary-redis-Vb55m',
  user: 'canary-user-secret-Jd4t',
  wrong: 'canary-wrong-token-Xy12k',
  environment: 'canary-environment-Nn3e',
  typed: 'canary-typed-by-mistake-0Qa',
};
/** The same as they go over the wire. */
const forms = Object.values(canaries).flatMap((canary) => [
  canary,
  Buffer.from(canary).toString('base64').replace(/=+$/, ''),
  Buffer.from(`asker:${canary}`).toString('base64').replace(/=+$/, ''),
]);

let echo: TestServer;
let elsewhere: TestServer;
let sidecar: StartedProgram;
const outputs = new Map<string, string>();
const strangers: string[] = [];
let asked = 0;

beforeAll(async () => {
  elsewhere = await serve((request, _, response) => {
    strangers.push(JSON.stringify(request.headers));
    response.end('{}');
  });
  // Says back all that it was asked with, in every way that an answer can fail.
  echo = await serve((request, body, response) => {
    asked += 1;
    const said = `${request.headers.authorization} ${String(request.headers['x-scope'])} ${body.toString()}`;
    const decoded = Buffer.from(request.headers.authorization?.split(' ')[1] ?? '', 'base64').toString();
    const text = JSON.stringify({ status: 'error', errorType: 'bad_data', error: `${said} ${decoded}`, warnings: [said] });
    if (asked % 4 === 0) response.writeHead(302, { location: `${elsewhere.url}/` }).end();
    else response.writeHead([400, 500, 200][asked % 3], { 'content-type': 'application/json' }).end(text);
  });
  for (const [name, secret] of Object.entries(canaries)) writeFileSync(join(folder, name), secret);
  writeConfiguration('');
  mkdirSync(join(folder, 'state'));
  sidecar = await startSidecar(folder, {
    state: 'state',
    flags: ['--log.level=debug'],
    environment: { CANARY: canaries.environment },
    ready: (url) => answers(`${url}/-/healthy`),
  });
});

afterAll(async () => {
  await sidecar?.stop('SIGKILL');
  await Promise.all([echo?.close(), elsewhere?.close()]);
  rmSync(folder, { recursive: true });
});

it('shows none of its secrets in logs, answers, /metrics, state, checks or faults', { timeout: 120_000 }, async () => {
  await until(() => asked > 6, 60, 'Prometheus to be asked');
  const authorization = `Bearer ${canaries.token}`;
  for (const { path, methods, lasting } of routes.filter((route) => route.lasting !== true)) {
    expect(lasting).not.toBe(true);
    for (const method of methods)
      await keep(`${method} ${path}`, path.replace(':watch', 'w').replace(':file', 'x'), { method, headers: { authorization } });
  }
  await keep('a wrong token', '/metrics', { headers: { authorization: `Bearer ${canaries.wrong}` } });
  await keep('a dry run', '/api/v1/dry-run', {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'x', expr: 'up' }),
  });
  await keep('a wrong body', '/api/v1/feedback', {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: '{',
  });
  outputs.set('check', await run('check', `--config.file=${folder}/presage.yml`, '--timeout=2s'));
  outputs.set('explain', await run('explain', 'w', `--url=${sidecar.url}`));

  for (const fault of [
    `bearer_token: ${canaries.typed}`,
    `headers: { Authorization: [${canaries.typed}] }`,
    `basic_auth: { username: a, password: ${canaries.typed} }`,
    `basic_auth: ${canaries.typed}`,
    `url: "http://asker:${canaries.typed}@127.0.0.1:1"`,
  ]) {
    writeConfiguration(fault);
    const { status } = await keep(`a reload with ${fault.split(':')[0]}`, '/-/reload', { method: 'POST', headers: { authorization } });
    expect([fault, status]).toEqual([fault, 500]);
  }
  outputs.set('a check of a fault', await run('check', `--config.file=${folder}/presage.yml`, '--timeout=0s'));
  await sidecar.stop();
  outputs.set('the log', sidecar.said());
  for (const file of filesBelow(join(folder, 'state'))) outputs.set(file, readFileSync(file, 'latin1'));
  expect(outputs.get('the log')).toMatch(/level=debug[^]*watch cannot be updated/);
  expect(outputs.get('GET /api/v1/watches')).toContain('<secret>');
  expect(outputs.size).toBeGreaterThan(30);
  for (const [where, text] of outputs) for (const form of forms) expect([where, form, text.includes(form)]).toEqual([where, form, false]);
  // Where a redirect leads to another server, no credential goes along.
  for (const headers of strangers) expect(headers).not.toMatch(/authorization|canary/i);
});

async function keep(where: string, path: string, init: RequestInit): Promise<{ readonly status: number }> {
  const answer = await fetch(sidecar.url + path, init);
  outputs.set(where, `${JSON.stringify([...answer.headers])}\n${await answer.text()}`);
  return { status: answer.status };
}

/** What a command says, whether it succeeds or not. */
async function run(...args: readonly string[]): Promise<string> {
  const environment = { ...process.env, CANARY: canaries.environment };
  const said: unknown = await promisify(execFile)(process.execPath, [presageScript, ...args], { env: environment }).catch(
    (error: unknown) => error,
  );
  return JSON.stringify(said, ['stdout', 'stderr']);
}

function filesBelow(path: string): readonly string[] {
  return readdirSync(path).flatMap((name) => {
    const file = join(path, name);
    return statSync(file).isDirectory() ? filesBelow(file) : [file];
  });
}

/** The configuration with every secret in its place, and `fault` in the section of Prometheus. */
function writeConfiguration(fault: string): void {
  writeFileSync(
    join(folder, 'presage.yml'),
    `prometheus:
  ${fault.startsWith('url') ? '' : `url: ${echo.url}`}
  timeout: 2s
  ${fault.startsWith('headers') ? '' : `headers: { X-Scope: ${canaries.header} }`}
  ${fault.startsWith('basic_auth') ? '' : `basic_auth: { username: asker, password_file: ${folder}/password }`}
  ${fault}
api: { tokens: [{ name: admin, token_file: ${folder}/token, role: admin }] }
transports: { redis: { url: "redis://127.0.0.1:1", consumer: c, password_file: ${folder}/redis } }
watches:
  - { name: w, expr: up, step: 10s, history: 10m, horizon: 5m, refit: 1m }
  - { name: live, expr: 'up{job="x"}', step: 10s, history: 10m, horizon: 5m, refit: 1m }
`,
  );
}
