import { hashSync } from 'bcryptjs';
import { build } from 'esbuild';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../log.ts';
import { createAuthenticator } from './basic-auth.ts';
import { createPasswordCheck } from './password-check.ts';
import { createRateLimiter } from './rate-limit.ts';
import { createWebServer, type WebServer } from './server.ts';
import { makeCertificates } from './certificates.fixture.ts';

let folder = '';
let bcryptWorker = new URL('file:///');
const opened: WebServer[] = [];
const lines: string[] = [];
const log = createLogger({ level: 'info', format: 'logfmt', write: (line) => lines.push(line) });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'presage-gate-'));
  const outfile = join(folder, 'bcrypt.worker.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('bcrypt.worker.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  bcryptWorker = pathToFileURL(outfile);
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  lines.length = 0;
  await Promise.all(opened.splice(0).map((server) => server.close()));
});

async function serve(yaml: string) {
  const file = join(folder, 'web.yml');
  writeFileSync(file, yaml);
  const webConfig = { file, bcryptWorker };
  const server = createWebServer({ listenAddresses: ['127.0.0.1:0'], webConfig, handler: (_, response) => void response.end('in'), log });
  opened.push(server);
  const [url] = await server.start();
  return { url, rewrite: (text: string) => writeFileSync(file, text) };
}

const basic = (user: string, password: string) => ({
  headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
});
const users = (...passwords: readonly string[]) =>
  `basic_auth_users:\n${passwords.map((password, index) => `  user${index}: ${hashSync(password, 4)}\n`).join('')}`;

describe('basic authentication', () => {
  it.each<[string, RequestInit, number]>([
    ['no header', {}, 401],
    ['the right password', basic('user0', 'wonder:land ü'), 200],
    ['the wrong password', basic('user0', 'wonder'), 401],
    ["another user's password", basic('user1', 'wonder:land ü'), 401],
    ['an unknown user', basic('nobody', 'wonder:land ü'), 401],
    ['a user named like a property', basic('constructor', 'x'), 401],
    ['another scheme', { headers: { authorization: 'Bearer wonder:land ü'.replace(' ü', '') } }, 401],
    ['no base64', { headers: { authorization: 'Basic ???' } }, 401],
    ['no colon', { headers: { authorization: `Basic ${btoa('user0')}` } }, 401],
    [
      'the scheme in lower case',
      { headers: { authorization: basic('user0', 'wonder:land ü').headers.authorization.replace('Basic', 'basic') } },
      200,
    ],
  ])('answers %s', async (_, init, status) => {
    const { url } = await serve(users('wonder:land ü', 'second'));
    const answer = await fetch(url, init);
    expect([answer.status, answer.headers.get('www-authenticate'), await answer.text()]).toEqual(
      status === 200 ? [200, null, 'in'] : [401, 'Basic', 'Unauthorized\n'],
    );
  });

  it('takes new users and drops old ones while it runs', async () => {
    const { url, rewrite } = await serve(users('first'));
    expect((await fetch(url, basic('user0', 'first'))).status).toBe(200);
    rewrite(users('changed'));
    expect((await fetch(url, basic('user0', 'first'))).status).toBe(401);
    expect((await fetch(url, basic('user0', 'changed'))).status).toBe(200);
    expect(lines.join('')).toContain('web configuration loaded again');
    expect(lines.join('')).not.toMatch(/\$2[aby]\$/);
  });

  it('keeps the last good configuration when the file breaks, and says so once', async () => {
    const { url, rewrite } = await serve(users('first'));
    rewrite('basic_auth_users: [');
    for (let i = 0; i < 3; i += 1) expect((await fetch(url, basic('user0', 'first'))).status).toBe(200);
    expect(lines.filter((line) => line.includes('level=error'))).toEqual([
      expect.stringMatching(/cannot be used; the last good one stays.*web\.yml:1/),
    ]);
  });

  it('asks for each password once, and no guess pushes a good login out', async () => {
    const asked: string[] = [];
    const authenticate = createAuthenticator((password, hash) => Promise.resolve(asked.push(hash) > 0 && password === 'right'));
    const known = new Map([['alice', '$2b$12$known']]);
    const header = (user: string, password: string) => basic(user, password).headers.authorization;
    for (let i = 0; i < 3; i += 1) expect(await authenticate(header('alice', 'right'), known)).toBe(true);
    expect(asked).toEqual(['$2b$12$known']);
    for (let i = 0; i < 500; i += 1) await authenticate(header('alice', `guess ${i}`), known);
    asked.length = 0;
    expect(await authenticate(header('alice', 'right'), known)).toBe(true);
    expect(asked).toEqual([]);
  });

  it('costs as much for an unknown user as for a known one', async () => {
    const asked: string[] = [];
    const authenticate = createAuthenticator((_, hash) => Promise.resolve(asked.push(hash) === 0));
    await authenticate(basic('nobody', 'x').headers.authorization, new Map([['alice', '$2b$12$known']]));
    expect(asked).toEqual([expect.stringMatching(/^\$2b\$12\$[./A-Za-z0-9]{53}$/)]);
  });

  it('does not hold up the thread that answers, and refuses what would wait for ever', async () => {
    const passwords = createPasswordCheck(bcryptWorker);
    const hash = hashSync('right', 10);
    let ticks = 0;
    const clock = setInterval(() => (ticks += 1), 5);
    const verdicts = await Promise.allSettled(
      Array.from({ length: 66 }, (_, index) => passwords.check(index === 3 ? 'right' : 'wrong', index > 4 ? hashSync('x', 4) : hash)),
    );
    clearInterval(clock);
    expect(ticks).toBeGreaterThan(10);
    expect(verdicts.map((verdict) => (verdict.status === 'fulfilled' ? verdict.value : String(verdict.reason))).slice(0, 5)).toEqual([
      false,
      false,
      false,
      true,
      false,
    ]);
    expect(verdicts.slice(64).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await passwords.close();
  });

  it('answers 503 and logs when the worker cannot run', async () => {
    bcryptWorker = pathToFileURL(join(folder, 'nowhere.mjs'));
    const { url } = await serve(users('first'));
    expect((await fetch(url, basic('user0', 'first'))).status).toBe(503);
    expect(lines.join('')).toContain('password not checked');
    bcryptWorker = pathToFileURL(join(folder, 'bcrypt.worker.mjs'));
  });
});

describe('response headers', () => {
  it('stand on every answer, and blank ones on none', async () => {
    const { url } = await serve(
      'http_server_config:\n  headers:\n    X-Frame-Options: deny\n    X-XSS-Protection: 1\n    Content-Security-Policy: ""\n' + users('a'),
    );
    const { headers, status } = await fetch(url);
    expect([status, headers.get('x-frame-options'), headers.get('x-xss-protection'), headers.has('content-security-policy')]).toEqual([
      401,
      'deny',
      '1',
      false,
    ]);
  });
});

describe('the rate limit', () => {
  it('lets a burst through and refuses the rest, before any password', async () => {
    const { url } = await serve('rate_limit:\n  interval: 1h\n  burst: 2\n');
    const answers = await Promise.all(Array.from({ length: 5 }, () => fetch(url)));
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 200, 429, 429, 429]);
    expect(await (await fetch(url)).text()).toBe('Too Many Requests\n');
  });

  it('gives a token each interval, never more than the burst', () => {
    const limiter = createRateLimiter(2, 3);
    const at = (seconds: number) => limiter.allow(seconds);
    expect([at(0), at(0), at(0), at(0)]).toEqual([true, true, true, false]);
    expect([at(1), at(2), at(2)]).toEqual([false, true, false]);
    expect([at(100), at(100), at(100), at(100)]).toEqual([true, true, true, false]);
    expect(at(50)).toBe(false);
  });

  it('allows everything with an interval of 0', () => {
    const limiter = createRateLimiter(0, 0);
    expect(Array.from({ length: 100 }, () => limiter.allow(0)).every(Boolean)).toBe(true);
  });
});

describe('certificates', () => {
  it('are taken anew while the server runs, and a half-replaced pair leaves the old one', async () => {
    makeCertificates(folder, 'ec');
    const { fetchPeer } = await servePeer();
    const first = await fetchPeer();
    const old = readFileSync(join(folder, 'server.crt'));
    makeCertificates(folder, 'ec');
    const fresh = readFileSync(join(folder, 'server.crt'));
    writeFileSync(join(folder, 'server.crt'), old);
    expect(await fetchPeer()).toBe(first);
    expect(lines.join('')).toContain('the last good one stays');
    writeFileSync(join(folder, 'server.crt'), fresh);
    expect(await fetchPeer()).not.toBe(first);
  });

  async function servePeer() {
    const { url } = await serve('tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n');
    const { connect } = await import('node:tls');
    const fetchPeer = () =>
      new Promise<string>((resolve, reject) => {
        const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), rejectUnauthorized: false }, () => {
          resolve(socket.getPeerCertificate().fingerprint256);
          socket.destroy();
        }).on('error', reject);
      });
    return { fetchPeer };
  }
});
