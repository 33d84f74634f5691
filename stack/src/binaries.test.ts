import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { simulatedInstalls } from './binaries/debian.ts';
import { findSuite, prometheusProduct, type Product } from './binaries.ts';
import { releaseFolder } from './binaries/release.ts';
import { playwrightChromium } from './binaries/chromium.ts';
import { describeMachine, type Machine } from './machine.ts';

test('a program on the PATH is taken with the tool beside it', async () => {
  const folder = newFolder();
  script(folder, 'prometheus', 'prometheus, version 3.5.0 (branch: HEAD)');
  script(folder, 'promtool', 'promtool, version 3.5.0 (branch: HEAD)');
  const { server, tool } = await findSuite(newMachine(folder), unfetchable);
  expect(server).toMatchObject({ path: path.join(folder, 'prometheus'), version: '3.5.0', origin: 'PATH' });
  expect(tool).toMatchObject({ path: path.join(folder, 'promtool'), version: '3.5.0' });
});

test('a version too old on the PATH is passed over for a good one in the cache', async () => {
  const folder = newFolder();
  script(folder, 'prometheus', 'prometheus, version 2.31.2 (branch: HEAD)');
  script(folder, 'promtool', 'promtool, version 2.31.2 (branch: HEAD)');
  const machine = newMachine(folder);
  const cached = releaseFolder(machine, prometheusProduct.release);
  script(cached, 'prometheus', 'prometheus, version 3.5.0 (branch: HEAD)');
  script(cached, 'promtool', 'promtool, version 3.5.0 (branch: HEAD)');
  expect((await findSuite(machine, unfetchable)).server.path).toBe(path.join(cached, 'prometheus'));
});

test('when nothing serves, the error lists every place, what was found and what to do', async () => {
  const folder = newFolder();
  script(folder, 'prometheus', 'prometheus, version 2.31.2 (branch: HEAD)');
  script(folder, 'promtool', 'promtool, version 2.31.2 (branch: HEAD)');
  const error = await findSuite(newMachine(folder), unfetchable).catch(String);
  expect(error).toContain('no Prometheus (version 2.42 or newer) was found or could be fetched; put prometheus and promtool on the PATH');
  expect(error).toContain('PATH: ' + path.join(folder, 'prometheus') + ' is version 2.31.2, want 2.42 or newer');
  expect(error).toContain('release: no checksum is known');
  expect(error).toContain('Debian package: there is no apt-get here');
});

test('a server without its tool is not enough', async () => {
  const folder = newFolder();
  script(folder, 'prometheus', 'prometheus, version 3.5.0 (branch: HEAD)');
  await expect(findSuite(newMachine(folder), unfetchable)).rejects.toThrow('has no promtool beside it');
});

test('a program that tells no version is refused', async () => {
  const folder = newFolder();
  script(folder, 'prometheus', 'hello');
  script(folder, 'promtool', 'hello');
  await expect(findSuite(newMachine(folder), unfetchable)).rejects.toThrow(/--version: got "hello\\n", want a version/);
});

test('the packages that apt would install are read from its simulation', () => {
  const output = `Reading package lists...\nInst liblzf1 (3.6-3 Debian:12.15/oldstable [amd64])\nInst redis-tools (5:7.0.15 Debian [amd64])\nConf liblzf1 (3.6-3)\n`;
  expect(simulatedInstalls(output)).toEqual(['liblzf1', 'redis-tools']);
  expect(simulatedInstalls('')).toEqual([]);
});

test('the newest Chromium of Playwright is found, by number and not by letter', () => {
  const browsers = newFolder();
  for (const name of ['chromium-999', 'chromium-1187', 'firefox-1400']) script(path.join(browsers, name, 'chrome-linux'), 'chrome', '');
  const machine = newMachine(browsers);
  expect(playwrightChromium({ ...machine, environment: { PLAYWRIGHT_BROWSERS_PATH: browsers } })).toBe(
    path.join(browsers, 'chromium-1187', 'chrome-linux', 'chrome'),
  );
  expect(playwrightChromium(machine)).toBeUndefined();
});

/** Prometheus with a release that no checksum is known of: on a machine without apt it can come from the PATH or the cache alone. */
const unfetchable: Product = { ...prometheusProduct, release: { ...prometheusProduct.release, checksums: {} } };

function newFolder(): string {
  return mkdtempSync(path.join(tmpdir(), 'presage-binaries-'));
}

function newMachine(folder: string): Machine {
  const env = { PATH: folder, XDG_CACHE_HOME: newFolder() };
  return describeMachine({ platform: 'linux', arch: 'x64', env, userId: 1000, temporaryFolder: tmpdir(), say: () => {} });
}

function script(folder: string, name: string, prints: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, name), `#!/bin/sh\necho '${prints}'\n`);
  chmodSync(path.join(folder, name), 0o755);
}
