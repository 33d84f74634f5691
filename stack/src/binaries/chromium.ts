import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execute } from '../execute.ts';
import { findOnPath, type Machine } from '../machine.ts';

/** Chromium, or why there is none and the line that would install it. */
export type Chromium = { readonly path: string; readonly origin: string } | { readonly missing: string };

/**
 * Finds Chromium for the tests of the panel: PATH, then Playwright's own download, then (as root on Debian alone) by apt with every
 * service kept from starting. Never throws: what is missing is for the caller to say loudly.
 */
export async function findChromium(machine: Machine): Promise<Chromium> {
  const found = findOnPath(machine, ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']);
  if (found !== undefined) return { path: found, origin: 'PATH' };
  const own = playwrightChromium(machine);
  if (own !== undefined) return { path: own, origin: 'Playwright' };
  const wish = 'npx playwright install chromium';
  if (!machine.isRoot || findOnPath(machine, ['apt-get']) === undefined) return { missing: `no Chromium here; install it with: ${wish}` };
  try {
    machine.say('  installing Chromium with apt');
    await installQuietly(machine, 'chromium');
  } catch (cause) {
    return { missing: `no Chromium here, and apt could not install it (${String(cause)}); install it with: ${wish}` };
  }
  const installed = findOnPath(machine, ['chromium']);
  return installed === undefined ? { missing: `apt installed no chromium; install it with: ${wish}` } : { path: installed, origin: 'apt' };
}

/** The newest Chromium that Playwright downloaded, in the folders that its documentation names. */
export function playwrightChromium({ environment, home, platform }: Machine): string | undefined {
  const standard = platform === 'darwin' ? ['Library', 'Caches', 'ms-playwright'] : ['.cache', 'ms-playwright'];
  const folders = [environment['PLAYWRIGHT_BROWSERS_PATH'], home === undefined ? undefined : path.join(home, ...standard)];
  const programs = ['chrome-linux64/chrome', 'chrome-linux/chrome', 'chrome-mac/Chromium.app/Contents/MacOS/Chromium'];
  return folders
    .filter((folder): folder is string => folder !== undefined && existsSync(folder))
    .flatMap((folder) => chromiumFolders(folder).map((name) => path.join(folder, name)))
    .flatMap((folder) => programs.map((program) => path.join(folder, program)))
    .find((file) => existsSync(file));
}

const chromiumFolders = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => /^chromium-\d+$/.test(name))
    .sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)));

/** Installs a Debian package while policy-rc.d forbids the start of services (Debian policy, section 9.3.3.1). */
async function installQuietly(machine: Machine, name: string): Promise<void> {
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const environment = { ...machine.environment, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['-q', 'install', '--yes', '--no-install-recommends', name];
  try {
    await execute('apt-get', install, { environment, timeout: 600 }).catch(async () => {
      await execute('apt-get', ['-q', 'update'], { environment });
      return await execute('apt-get', install, { environment, timeout: 600 });
    });
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}
