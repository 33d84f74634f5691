import { parseFlags } from '@presage/service/command-line.ts';
import { silentLogger } from '@presage/service/log.ts';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collectorsOn } from '../collectors/platforms.ts';
import { collectorFlags, exporterFlags } from '../flags.ts';
import type { Helper } from '../host/helper.ts';
import { operations } from '../host/helper-operations.ts';
import { createHost, type Host } from '../host/host.ts';
import type { Native } from '../host/native.ts';
import type { StartedCollector } from '../scrape/runner.ts';
import { startCollectors } from '../start-collectors.ts';
import { recordedBus } from './recorded-bus.ts';

const testdata = fileURLToPath(new URL('../../testdata', import.meta.url));

/** A host of the tests on disk; `clear` removes it. */
export interface FixtureTree {
  readonly root: string;
  readonly clear: () => void;
}

/** One file of an archive; `target` makes it a symbolic link. */
interface ArchivedFile {
  readonly path: string;
  readonly text: string;
  readonly target?: string;
}

/** What testdata/host/NAME.txt holds: flags above, then files, each under a line `-- path --` or `-- path -> target --`. */
export interface Archive {
  readonly flags: readonly string[];
  readonly files: readonly ArchivedFile[];
}

/** The archive of one collector's part of the fixture host. */
export function readArchive(collector: string): Archive {
  const [head, ...parts] = readFileSync(`${testdata}/host/${collector}.txt`, 'utf8').split(/^-- /m);
  return {
    flags: head.split('\n').filter((line) => line.startsWith('--')),
    files: parts.map((part) => {
      const end = part.indexOf(' --\n');
      const [path, target] = part.slice(0, end).split(' -> ');
      const text = part.slice(end + 4);
      return target === undefined ? { path, text } : { path, text, target };
    }),
  };
}

/** Names of the collectors that have a part in the fixture host. */
export function archivedCollectors(): string[] {
  return readdirSync(`${testdata}/host`).map((file) => file.replace(/\.txt$/, ''));
}

/** Unix time at which every unpacked file was last changed. */
const MODIFIED = 1_767_000_000;

/** Unpacks the given collectors' parts into a temporary folder; `change` may spoil the text of a file. */
export function unpack(names: readonly string[], change: (text: string) => string = (text) => text): FixtureTree {
  const root = mkdtempSync(join(tmpdir(), 'presage-host-'));
  for (const folder of ['proc', 'sys', 'udev', 'root']) mkdirSync(`${root}/${folder}`);
  for (const { path, text, target } of names.flatMap((name) => readArchive(name).files)) {
    mkdirSync(dirname(`${root}/${path}`), { recursive: true });
    if (target === undefined) {
      writeFileSync(`${root}/${path}`, change(text));
      utimesSync(`${root}/${path}`, MODIFIED, MODIFIED);
    } else symlinkSync(target, `${root}/${path}`);
  }
  return { root, clear: () => rmSync(root, { recursive: true, force: true }) };
}

/** A host over an unpacked tree, with a clock that stands at 2026-01-02 03:04:05 UTC and a root file system of 1000 blocks. */
export function hostOver(root: string, helper: Helper = helperIn(root)): Host {
  const paths = { procfs: `${root}/proc`, sysfs: `${root}/sys`, rootfs: `${root}/root`, udevData: `${root}/udev`, zoneFile: '' };
  return {
    ...createHost(paths, helper),
    machine: 'x86_64',
    now: () => 1_767_323_045,
    statfs: () => ({ bsize: 4096, blocks: 1000, bfree: 500, bavail: 400, files: 100, ffree: 60 }),
    addresses: () => ({}),
    zone: () => ({ name: 'CET', offset: 3600 }),
    pageBytes: () => 4096,
    native: () => Promise.resolve(stillNative),
  };
}

/** A clock that is right and has never been corrected, and a kernel without netlink. */
const stillNative: Native = {
  adjtimex: () => ({ state: 0, timex: Buffer.alloc(208) }),
  netlink: () => {
    throw new Error('netlink: the fixture host has none');
  },
};

/** The helper's work without its process, on paths relative to a folder; it knows no mount, and a recorded bus. */
export function helperIn(root: string): Helper {
  return {
    statfs: (path) => Promise.reject(new Error(`ENOENT: no such file or directory, statfs '${path}'`)),
    list: (path) => operations.list(resolve(root, path)),
    read: (path, _timeout, most = 1024 * 1024) => operations.read(resolve(root, path), most),
    bus: recordedBus(`${root}/root/bus.json`),
    processes: [],
    close: () => {},
  };
}

/** The collectors that the given flags switch on, started, on Linux unless said otherwise. */
export function startWith(words: readonly string[], platform = 'linux'): readonly StartedCollector[] {
  const here = collectorsOn(platform);
  const flags = { exporter: exporterFlags, collectors: collectorFlags(here) };
  const parsed = parseFlags({ name: 'test', version: '0', help: '', flags }, words);
  if ('text' in parsed) throw new Error('the flags ask for help');
  return startCollectors(parsed.values.collectors, parsed.values.exporter['collector.disable-defaults'], silentLogger, here).started;
}

/** One collector alone, with the flags that its archive asks for. */
export function startOne(name: string): StartedCollector {
  return startWith(['--collector.disable-defaults', `--collector.${name}`, ...readArchive(name).flags])[0];
}
