// The first code of a single executable. It carries the files of a program, lays them out in a folder that is the user's alone,
// and starts the program there; a child process that the program forks comes through here as well.
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { getAsset } from 'node:sea';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

interface Contents {
  readonly name: string;
  readonly flags: readonly string[];
  readonly files: readonly string[];
}

const contents: Contents = JSON.parse(getAsset('contents.json', 'utf8'));
const words = process.argv.slice(2);
const forked = process.channel ? words.findIndex((word) => isOurFile(word) && isOurFile(join(dirname(word), 'start.cjs'))) : -1;
if (forked >= 0) {
  setFlags(words.slice(0, forked));
  process.argv.splice(1, 1 + forked);
  start(words[forked] ?? '');
} else {
  setFlags(contents.flags);
  start(join(layOut(), 'main.js'));
}

/** Whether a path is of a file that this executable carries, with just that content. */
function isOurFile(path: string): boolean {
  const file = contents.files.find((each) => each === basename(path));
  return file !== undefined && existsSync(path) && readFileSync(path).equals(asset(file));
}

function asset(file: string): Buffer {
  return Buffer.from(getAsset(file));
}

/** The engine runs by now, so this reaches less than flags on a command line; NODE_OPTIONS reaches the rest. */
function setFlags(flags: readonly string[]): void {
  for (const flag of flags.filter((each) => !each.startsWith('--v8-pool-size'))) setFlagsFromString(flag);
  if (flags.includes('--expose-gc')) globalThis.gc = runInNewContext('gc');
}

/** What is injected may load modules by `require` alone; a file beside the program imports it. */
function start(file: string): void {
  createRequire(file)(join(dirname(file), 'start.cjs'))(pathToFileURL(file).href);
}

/** The folder with the program's files: kept between runs where there is a folder for that, else made anew and removed at the end. */
function layOut(): string {
  for (const folder of keptFolders()) {
    try {
      return keep(folder);
    } catch {
      // Read-only, full, or not ours: the next.
    }
  }
  const folder = mkdtempSync(join(tmpdir(), 'presage-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  writeFiles(folder);
  return folder;
}

function keptFolders(): readonly string[] {
  const { CACHE_DIRECTORY, XDG_CACHE_HOME } = process.env;
  if (CACHE_DIRECTORY !== undefined) return CACHE_DIRECTORY.split(':').slice(0, 1);
  return [join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'presage')];
}

/** The files under `folder`, of this version. Throws where they cannot be written, or where others than this user could change them. */
function keep(folder: string): string {
  const hash = createHash('sha256');
  for (const file of contents.files) hash.update(file).update(asset(file));
  const kept = join(folder, `${contents.name}-${hash.digest('hex').slice(0, 16)}`);
  if (!existsSync(kept)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const fresh = mkdtempSync(join(folder, '.new-'));
    writeFiles(fresh);
    try {
      renameSync(fresh, kept);
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true });
      // Another one was faster.
      if (!existsSync(kept)) throw error;
    }
  }
  const { uid, mode } = lstatSync(kept);
  if (uid !== process.getuid?.() || (mode & 0o22) !== 0) throw new Error(`${kept}: others may write to it`);
  const wrong = contents.files.find((file) => !readFileSync(join(kept, file)).equals(asset(file)));
  if (wrong !== undefined) throw new Error(`${kept}/${wrong}: is not what was written`);
  return kept;
}

function writeFiles(folder: string): void {
  for (const file of contents.files) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), asset(file));
  }
}
