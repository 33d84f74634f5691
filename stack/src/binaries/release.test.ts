import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { execute } from '../execute.ts';
import { describeMachine, type Machine } from '../machine.ts';
import { alertmanagerRelease, fetchRelease, prometheusRelease, type Release, releaseFolder } from './release.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

test('the pinned archive is unpacked into the cache, and nothing else stays there', async () => {
  const machine = newMachine();
  const { archive, release } = await newRelease();
  const folder = await fetchRelease(machine, release, await serve((_request, response) => response.end(archive)));
  expect(folder).toBe(releaseFolder(machine, release));
  expect(readFileSync(path.join(folder, 'prometheus'), 'utf8')).toBe('a program');
  expect(readdirSync(machine.cache)).toEqual(['prometheus-9.9.9.linux-amd64']);
});

test('redirects are followed, as GitHub sends them', async () => {
  const { archive, release } = await newRelease();
  const origin = await serve((request, response) => {
    if (request.url?.startsWith('/elsewhere') === true) response.end(archive);
    else response.writeHead(302, { location: '/elsewhere' }).end();
  });
  expect(existsSync(await fetchRelease(newMachine(), release, origin))).toBe(true);
});

test('an archive with another checksum is refused and leaves nothing', async () => {
  const machine = newMachine();
  const { release } = await newRelease();
  const origin = await serve((_request, response) => response.end('not the archive'));
  await expect(fetchRelease(machine, release, origin)).rejects.toThrow(/got sha256 [0-9a-f]{64}, want [0-9a-f]{64}/);
  expect(readdirSync(machine.cache)).toEqual([]);
});

test('an archive without a known checksum is not asked for', async () => {
  let asked = 0;
  const origin = await serve((_request, response) => {
    asked++;
    response.end();
  });
  const intelMac = { ...newMachine(), platform: 'darwin' };
  await expect(fetchRelease(intelMac, prometheusRelease, origin)).rejects.toThrow(/no checksum is known for prometheus-.*darwin-amd64/);
  expect(asked).toBe(0);
});

test('a missing archive and a closed port say so', async () => {
  const { release } = await newRelease();
  const origin = await serve((_request, response) => response.writeHead(404).end());
  await expect(fetchRelease(newMachine(), release, origin)).rejects.toThrow(/got status 404, want 200/);
  await expect(fetchRelease(newMachine(), release, 'http://127.0.0.1:1')).rejects.toThrow(/cannot download .*ECONNREFUSED/);
});

test('every pinned checksum is a sha256, and no two are alike', () => {
  const checksums = [prometheusRelease, alertmanagerRelease].flatMap((release) => Object.values(release.checksums));
  expect(checksums.filter((text) => !/^[0-9a-f]{64}$/.test(text))).toEqual([]);
  expect(new Set(checksums).size).toBe(checksums.length);
});

function newMachine(): Machine {
  const cache = mkdtempSync(path.join(tmpdir(), 'presage-release-'));
  const env = { PATH: process.env['PATH'], XDG_CACHE_HOME: cache };
  return describeMachine({ platform: 'linux', arch: 'x64', env, userId: 1000, temporaryFolder: tmpdir(), say: () => {} });
}

async function newRelease(): Promise<{ archive: Buffer; release: Release }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'presage-archive-'));
  mkdirSync(path.join(folder, 'prometheus-9.9.9.linux-amd64'));
  writeFileSync(path.join(folder, 'prometheus-9.9.9.linux-amd64', 'prometheus'), 'a program');
  await execute('tar', ['-czf', path.join(folder, 'archive'), '-C', folder, 'prometheus-9.9.9.linux-amd64']);
  const archive = readFileSync(path.join(folder, 'archive'));
  const checksum = createHash('sha256').update(archive).digest('hex');
  return { archive, release: { name: 'prometheus', version: '9.9.9', checksums: { 'linux-amd64': checksum } } };
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no address');
  return `http://127.0.0.1:${address.port}`;
}
