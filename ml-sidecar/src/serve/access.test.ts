import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as send } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@presage/service/log.ts';
import { createWebServer, type WebServer } from '@presage/service/web.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTokens } from '../app/api-tokens.ts';
import type { ApiSettings, Role } from '../configuration/api.ts';
import { createApi } from './api.ts';
import { createHandler } from './handler.ts';
import { routes } from './routes.ts';
import { servedOf, waveWatch } from './served.fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-access-'));
const roleNames: readonly Role[] = ['none', 'read', 'write', 'feedback', 'admin'];
const tokenOf = (name: string) => createHash('sha256').update(name).digest('hex');
let access: ApiSettings = { tokens: [], others: 'write', local: 'admin', hosts: [] };
let listed: ReturnType<typeof servedOf>;
let server: WebServer;
let url: URL;

beforeAll(async () => {
  const tokens = roleNames.map((role) => {
    const tokenFile = join(folder, role);
    writeFileSync(tokenFile, `${tokenOf(role)}\n`);
    return { name: role, tokenFile, role };
  });
  access = { ...access, tokens };
  const health = { up: true, fault: undefined, lastSuccess: 1 };
  const stop = new AbortController();
  listed = {
    ...servedOf([await waveWatch('w', [{ instance: 'a' }])], health),
    signal: stop.signal,
    reload: async () => ({ changes: { kept: [], changed: [], added: [], removed: [] } }),
    dryRun: async () => Promise.reject(new Error('not asked in this test')),
    get access() {
      return access;
    },
  };
  const known = readTokens({ tokens });
  server = createWebServer({
    listenAddresses: ['127.0.0.1:0'],
    log: silentLogger,
    tokens: () => known,
    handler: createHandler(listed),
    closeGrace: 0,
  });
  url = new URL((await server.start())[0]);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** Status and text of an answer; of one that does not end, what came first. */
function ask(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = send({ host: url.hostname, port: url.port, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => {
        text += piece.toString();
        if (response.headers['content-type'] === 'text/event-stream') request.destroy();
      });
      response.on('error', () => undefined);
      response.on('close', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

const bearing = (role: Role) => ({ authorization: `Bearer ${tokenOf(role)}` });
const elsewhere = { 'x-forwarded-for': '192.0.2.7' };
const pathOf = (path: string) => path.replace(':watch', 'w').replace(':file', 'app.js');

it('lists every path that the API has, and answers no other', async () => {
  const own = createApi(listed).router.stack.flatMap(({ route }) => (route ? [route.path].flat() : []));
  expect(own.length).toBeGreaterThan(10);
  expect(own.filter((path) => !routes.some((route) => route.path === path))).toEqual([]);
  for (const path of ['/nothing', '//metrics', '/metrics/', '/api/v1', '/api/v1/series/w/explanation/x', '/-/', '/METRICS'])
    expect([path, (await ask('GET', path)).status]).toEqual([path, 404]);
});

it.each(routes)('asks the role $role for $path, by every method that it takes', async ({ path, methods, role }) => {
  const includes: Record<Role, readonly Role[]> = {
    none: ['none'],
    read: ['none', 'read'],
    write: ['none', 'read', 'write'],
    feedback: ['none', 'read', 'feedback'],
    admin: roleNames,
  };
  for (const mine of roleNames)
    for (const method of methods) {
      const { status, text } = await ask(method, pathOf(path), bearing(mine));
      // A page that was not built is not there; everything else is.
      const there = path === '/page/:file' || !text.includes(`no ${method} `);
      const refused = status === 401 || status === 403;
      expect([mine, method, refused, there]).toEqual([mine, method, !includes[mine].includes(role), true]);
    }
});

it('lets who comes from elsewhere without a name read and write alone, and refuses a wrong token', async () => {
  expect((await ask('GET', '/metrics', elsewhere)).status).toBe(200);
  expect((await ask('POST', '/api/v1/write', elsewhere)).status).toBe(503);
  for (const path of ['/-/reload', '/api/v1/feedback', '/api/v1/dry-run']) {
    const { status, text } = await ask('POST', path, elsewhere);
    expect([status, text]).toEqual([401, expect.stringContaining('want the role')]);
  }
  expect((await ask('POST', '/-/reload')).status).toBe(200);
  expect((await ask('GET', '/metrics', { authorization: `Bearer ${'x'.repeat(64)}` })).status).toBe(401);
  access = { ...access, others: 'none' };
  expect((await ask('GET', '/metrics', elsewhere)).status).toBe(401);
  expect((await ask('GET', '/-/healthy', elsewhere)).status).toBe(200);
  access = { ...access, others: 'write' };
});

it('answers no name that was made to point at this machine', async () => {
  for (const host of ['evil.example', 'evil.example:9867', '127.0.0.1.evil.example', 'localhost.evil.example'])
    expect([host, (await ask('GET', '/api/v1/watches', { host })).status]).toEqual([host, 421]);
  for (const host of ['127.0.0.1:9867', 'localhost', 'LOCALHOST:80', '[::1]:9867', 'presage.localhost'])
    expect([host, (await ask('GET', '/api/v1/watches', { host })).status]).toEqual([host, 200]);
  access = { ...access, hosts: ['presage.example'] };
  expect((await ask('GET', '/api/v1/watches', { host: 'presage.example' })).status).toBe(200);
  access = { ...access, hosts: [] };
});

it.each(routes.filter(({ methods }) => methods.includes('POST')))(
  'refuses what the page of another site sends to $path',
  async ({ path }) => {
    const own = url.host;
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ])
      expect([headers, (await ask('POST', path, { ...headers, host: own })).status]).toEqual([headers, 403]);
    expect((await ask('POST', path, { origin: `http://${own}`, 'sec-fetch-site': 'same-origin', host: own })).status).not.toBe(403);
  },
);

it.each(routes)('takes at most $most bytes at $path', async ({ path, methods: [method], most }) => {
  const { status } = await ask(method, pathOf(path), { 'content-length': String(most + 1) }, 'x').catch(() => ({ status: 413 }));
  expect(status).toBe(413);
});

it('answers one client so often and no more, and others meanwhile', async () => {
  const loud = { ...bearing('write') };
  const answers = await Promise.all(Array.from({ length: 90 }, () => ask('GET', '/api/v1/incidents', loud)));
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(20);
  expect(statuses).toContain(429);
  expect((await ask('GET', '/api/v1/incidents', bearing('feedback'))).status).toBe(200);
  // What Prometheus sends and asks for health goes on.
  expect((await ask('GET', '/-/healthy', loud)).status).toBe(200);
  expect((await ask('POST', '/api/v1/write', loud)).status).toBe(503);
});

it('puts no style or script into a page without its hash', async () => {
  const { text } = await ask('GET', '/overview', bearing('admin'));
  const answer = await fetch(new URL('/overview', url));
  const style = /<style>([^]*?)<\/style>/.exec(text)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(answer.headers.get('content-security-policy')).toContain(`style-src 'sha256-${hash}'`);
  expect(answer.headers.get('content-security-policy')).not.toContain('unsafe');
  expect(text).not.toMatch(/<script| style=| on\w+=/);
});
