import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchBundle } from '../../stack/src/binaries/debian.ts';
import { testMachine } from '../contract/machine.ts';

/** A clock that a program sees instead of that of the host. */
export interface SettableClock {
  readonly environment: Readonly<Record<string, string>>;
  /** Sets it so many seconds ahead of the right time; seen within a second. */
  set(ahead: number): void;
}

/**
 * A clock by libfaketime, with its file at `path`: time since the start stays as it is, as when an administrator sets the clock.
 * Nothing where the library is neither installed nor to be had from Debian, which it says.
 */
export async function settableClock(path: string): Promise<SettableClock | undefined> {
  const library = await findLibrary();
  if (library === undefined) return undefined;
  const set = (ahead: number): void => writeFileSync(path, `${ahead < 0 ? '' : '+'}${ahead}s\n`);
  set(0);
  return {
    set,
    environment: { LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: path, FAKETIME_DONT_FAKE_MONOTONIC: '1', FAKETIME_CACHE_DURATION: '1' },
  };
}

async function findLibrary(): Promise<string | undefined> {
  const installed = libraryBelow('/usr/lib');
  if (installed !== undefined) return installed;
  try {
    return libraryBelow(join(await fetchBundle(testMachine(), { name: 'libfaketime', packages: ['libfaketime'] }), 'usr/lib'));
  } catch (error) {
    console.warn(`SKIPPED: no libfaketime here (${String(error).split('\n')[0]})`);
    return undefined;
  }
}

function libraryBelow(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const places = readdirSync(folder).map((name) => join(folder, name, 'faketime/libfaketimeMT.so.1'));
  return places.find((place) => existsSync(place));
}
