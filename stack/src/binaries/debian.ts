import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { execute } from '../execute.ts';
import { findOnPath, type Machine } from '../machine.ts';
import { moveIntoPlace } from './release.ts';
import type { UnversionedProgram } from './program.ts';

/** Debian packages that are unpacked into the cache, never installed: no root, and no service starts. */
export interface DebianBundle {
  /** Folder in the cache. */
  readonly name: string;
  /** What to get. */
  readonly packages: readonly string[];
  /**
   * What to get besides, even if the machine has it, because it must lie beside the others. With it apt is not asked what else
   * would be needed, which takes it a second.
   */
  readonly alongside?: readonly string[];
}

/** The folder that a bundle is unpacked into; it looks like a root folder (usr/bin, …). */
export function bundleFolder(machine: Machine, { name }: DebianBundle): string {
  return path.join(machine.cache, 'debian', name);
}

/**
 * Unpacks Debian packages, and those they depend on that this machine lacks, into the cache. Uses the machine's package lists, or
 * fetches lists of its own if there are none or they are out of date.
 * @returns the folder they were unpacked into; at once if it is there already.
 * @throws Error when this is no Debian or Ubuntu, or the packages cannot be had.
 */
export async function fetchBundle(machine: Machine, bundle: DebianBundle): Promise<string> {
  const place = bundleFolder(machine, bundle);
  if (existsSync(place)) return place;
  for (const program of ['apt-get', 'dpkg', 'dpkg-deb'])
    if (findOnPath(machine, [program]) === undefined) throw new Error(`there is no ${program} here (not Debian or Ubuntu)`);
  mkdirSync(machine.cache, { recursive: true });
  const folder = mkdtempSync(path.join(machine.cache, 'packages-'));
  try {
    machine.say(`  unpacking Debian packages: ${bundle.packages.join(', ')}`);
    await downloadPackages(machine, bundle, folder);
    const root = path.join(folder, 'root');
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb')))
      await execute('dpkg', ['-x', path.join(folder, file), root], { environment: machine.environment });
    return moveIntoPlace(root, place);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A program of an unpacked bundle, with the bundle's own libraries put before the machine's. */
export function bundledProgram(folder: string, file: string): UnversionedProgram {
  const libraries = [path.join(folder, 'usr', 'lib'), path.join(folder, 'lib')]
    .filter((place) => existsSync(place))
    .flatMap((place) => readdirSync(place).map((name) => path.join(place, name)))
    .filter((place) => /-linux-gnu[a-z]*$/.test(place));
  const environment: Record<string, string> = libraries.length === 0 ? {} : { LD_LIBRARY_PATH: libraries.join(':') };
  return { path: path.join(folder, file), args: [], environment, origin: 'Debian package' };
}

/** First with the machine's package lists, then with fresh ones of our own. */
async function downloadPackages(machine: Machine, bundle: DebianBundle, folder: string): Promise<void> {
  try {
    await downloadWith(machine, bundle, folder, []);
  } catch (cause) {
    const options = privateState(machine, folder);
    await execute('apt-get', [...options, '-q', 'update'], { environment: machine.environment }).catch((error: unknown) => {
      throw new Error(`${message(cause)}; then ${message(error)}`, { cause });
    });
    await downloadWith(machine, bundle, folder, options);
  }
}

async function downloadWith(machine: Machine, bundle: DebianBundle, folder: string, options: readonly string[]): Promise<void> {
  const environment = { ...machine.environment, LC_ALL: 'C' };
  const others = bundle.alongside ?? (await missingDependencies(bundle, options, environment));
  const names = new Set([...bundle.packages, ...others]);
  await execute('apt-get', [...options, '-q', 'download', ...names], { environment, folder, timeout: 300 });
}

async function missingDependencies(
  bundle: DebianBundle,
  options: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const install = ['install', '--simulate', '--no-install-recommends', '--yes', ...bundle.packages];
  return simulatedInstalls((await execute('apt-get', [...options, ...install], { environment })).output);
}

/** The packages that `apt-get install --simulate` would install (lines such as `Inst liblzf1 (3.6-3 Debian:12 [amd64])`). */
export function simulatedInstalls(output: string): readonly string[] {
  return [...output.matchAll(/^Inst (\S+) /gm)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

/** apt options that keep package lists beside the download instead of in /var/lib/apt, where only root may write. */
function privateState(machine: Machine, folder: string): readonly string[] {
  const [lists, cache] = [path.join(folder, 'lists'), path.join(folder, 'cache')];
  for (const place of [lists, path.join(cache, 'archives')]) mkdirSync(path.join(place, 'partial'), { recursive: true });
  const options = ['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${cache}`];
  return machine.isRoot ? [...options, '-o', 'APT::Sandbox::User=root'] : options;
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));
