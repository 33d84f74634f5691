import { closeSync, constants, existsSync, openSync, readSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { missingFile } from './missing-file.ts';
import type { TreeOptions } from './tree-options.ts';

interface File {
  descriptor: number;
  folder: Folder | undefined;
  /** A kernel parameter. */
  readonly parameter: boolean;
  /** A read of fewer bytes is the end of the file; 0 where only an empty one is. */
  readonly endBelow: number;
  /** The scrape in which `text` or `error` was read. */
  scrape: number;
  text: string | undefined;
  /** What the read threw; undefined for a missing file, whose error is made when somebody wants it. */
  error: unknown;
}

interface Folder {
  inode: number;
  scrape: number;
}

const PAGE = 4096;
/** Beyond this many descriptors files are opened and closed for each read. */
const MOST_OPEN = 4096;
/** A file not read for so many scrapes is closed. */
const SCRAPES_KEPT = 16;
/** A file that was missing is looked for again after this time. */
const MISSING_MILLISECONDS = 30_000;
/** Without O_NONBLOCK the open of a FIFO waits for a writer, and with it the whole process. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
/** What a read of a kept descriptor says when its device or process has gone: open the path anew. */
const GONE = new Set(['ENODEV', 'ENXIO', 'ESRCH', 'ESTALE', 'EBADF']);

/**
 * Reads the small files of /proc, /sys and their like. Descriptors stay open, reads are synchronous into one buffer, each file
 * and folder is read at most once a scrape, and missing files are remembered, because a pread takes 2–10 µs where
 * readFileSync takes 15 and an asynchronous read 150.
 */
export class Tree {
  readonly root: string;
  readonly #options: TreeOptions;
  readonly #files = new Map<string, File>();
  readonly #folders = new Map<string, Folder>();
  readonly #lists = new Map<string, { scrape: number; names: readonly string[] }>();
  readonly #missing = new Map<string, number>();
  /** Folders that are there but hold nothing, as most classes of devices on most hosts. */
  readonly #empty = new Map<string, number>();
  #buffer = Buffer.allocUnsafeSlow(64 * 1024);
  #scrape = 1;
  #open = 0;

  constructor(options: TreeOptions) {
    this.#options = options;
    this.root = options.root === '/' ? '' : options.root.replace(/\/+$/, '');
  }

  /** The path on this machine of a path in the tree. */
  path(path: string): string {
    return `${this.root}/${path}`;
  }

  /** Starts a scrape: what was read before is read again when it is asked for, and descriptors long unused are closed. */
  nextScrape(): void {
    this.#scrape += 1;
    if (this.#scrape % SCRAPES_KEPT === 0) this.#sweep();
  }

  /** The text of a file. Throws the system's error where it is missing or unreadable. */
  read(path: string): string {
    const file = this.#load(path);
    if (file.text === undefined) throw file.error ?? missingFile(this.path(path));
    return file.text;
  }

  /** The text of a file, or undefined where it is missing or cannot be read now (a link without a speed, a closed permission). */
  tryRead(path: string): string | undefined {
    return this.#load(path).text;
  }

  /** The number a file holds, as sysfs writes them (decimal or 0x…), or undefined where the file is missing or holds no number. */
  tryNumber(path: string): number | undefined {
    const text = this.#load(path).text?.trim();
    if (text === undefined || text === '') return undefined;
    const value = Number(text);
    return Number.isNaN(value) ? undefined : value;
  }

  /** The text of a file opened for this read alone: for the many short-lived files of /proc/PID. Undefined as in tryRead. */
  readOnce(path: string): string | undefined {
    try {
      const descriptor = openSync(this.path(path), FLAGS);
      try {
        return this.#readAll(descriptor);
      } finally {
        closeSync(descriptor);
      }
    } catch {
      return undefined;
    }
  }

  /** Names in a folder of short life, such as /proc/PID/task; none where it has gone. */
  listOnce(path: string): readonly string[] {
    try {
      return readdirSync(this.path(path));
    } catch {
      return [];
    }
  }

  /** Names in a folder, sorted; none where it is missing or unreadable. Read at most once a scrape, an empty one every half minute. */
  list(path: string): readonly string[] {
    const known = this.#lists.get(path);
    if (known?.scrape === this.#scrape) return known.names;
    const names = this.#names(path);
    this.#lists.set(path, { scrape: this.#scrape, names });
    return names;
  }

  /** Whether a file or folder is there. A missing one is looked for again after half a minute. */
  exists(path: string): boolean {
    if (this.#isKnown(this.#missing, path)) return false;
    if (existsSync(this.path(path))) return true;
    this.#remember(this.#missing, path);
    return false;
  }

  /** The size that a file or folder says it has, 0 where it is missing; of /proc/PID/fd, since Linux 6.2, the number of descriptors. */
  sizeOf(path: string): number {
    return statSync(this.path(path), { throwIfNoEntry: false })?.size ?? 0;
  }

  /** What a symbolic link says, or undefined where there is none. */
  link(path: string): string | undefined {
    if (this.#isKnown(this.#missing, path)) return undefined;
    try {
      return readlinkSync(this.path(path));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') this.#remember(this.#missing, path);
      return undefined;
    }
  }

  /** Number of descriptors kept open. */
  get openDescriptors(): number {
    return this.#open;
  }

  /** Closes every descriptor. The tree may be used again. */
  close(): void {
    for (const file of this.#files.values()) this.#shut(file);
    this.#files.clear();
  }

  #names(path: string): readonly string[] {
    if (this.#isKnown(this.#missing, path) || this.#isKnown(this.#empty, path)) return [];
    try {
      const names = readdirSync(this.path(path)).sort();
      if (names.length === 0 && this.#options.keepOpen) this.#remember(this.#empty, path);
      return names;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') this.#remember(this.#missing, path);
      return [];
    }
  }

  #load(path: string): File {
    let file = this.#files.get(path);
    if (file !== undefined && file.scrape === this.#scrape) return file;
    if (file === undefined) {
      file = { descriptor: -1, folder: undefined, ...this.#waysToRead(path), scrape: 0, text: undefined, error: undefined };
      this.#files.set(path, file);
    }
    file.scrape = this.#scrape;
    file.text = undefined;
    file.error = undefined;
    try {
      file.text = this.#options.keepOpen ? this.#readKept(path, file) : this.#readPlain(path);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') this.#remember(this.#missing, path);
      else file.error = error;
      this.#shut(file);
    }
    return file;
  }

  #waysToRead(path: string): Pick<File, 'parameter' | 'endBelow'> {
    const { parametersIn, shortReadIsEnd, shortRecords } = this.#options;
    const parameter = parametersIn !== undefined && path.startsWith(parametersIn);
    if (parameter || shortReadIsEnd) return { parameter, endBelow: PAGE };
    return { parameter, endBelow: shortRecords?.has(path) === true ? PAGE / 2 : 0 };
  }

  /** Undefined where the file is known to be missing. An error thrown and caught costs 14 µs, so it is thrown once. */
  #readPlain(path: string): string | undefined {
    if (this.#isKnown(this.#missing, path)) return undefined;
    const descriptor = openSync(this.path(path), FLAGS);
    try {
      return this.#readAll(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  #readKept(path: string, file: File): string | undefined {
    if (file.descriptor < 0 && this.#isKnown(this.#missing, path)) return undefined;
    if (this.#options.foldersMoveIn !== undefined && path.startsWith(this.#options.foldersMoveIn)) this.#checkFolder(path, file);
    if (file.descriptor >= 0) {
      try {
        return this.#readAll(file.descriptor, file);
      } catch (error) {
        if (!GONE.has(errorCode(error))) throw error;
        this.#shut(file);
      }
    }
    if (this.#open >= MOST_OPEN) return this.#readPlain(path);
    file.descriptor = openSync(this.path(path), FLAGS);
    this.#open += 1;
    return this.#readAll(file.descriptor, file);
  }

  /** A descriptor follows its device through a rename; the path does not. Another inode of the folder tells. */
  #checkFolder(path: string, file: File): void {
    const folder = this.#folder(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
    if (file.folder !== folder) this.#shut(file);
    file.folder = folder;
  }

  #folder(path: string): Folder | undefined {
    const known = this.#folders.get(path);
    if (known?.scrape === this.#scrape) return known;
    const inode = statSync(this.path(path), { throwIfNoEntry: false })?.ino;
    if (inode === undefined) {
      this.#folders.delete(path);
      return undefined;
    }
    if (known?.inode === inode) {
      known.scrape = this.#scrape;
      return known;
    }
    const folder = { inode, scrape: this.#scrape };
    this.#folders.set(path, folder);
    return folder;
  }

  #isKnown(paths: Map<string, number>, path: string): boolean {
    const until = paths.get(path);
    if (until === undefined) return false;
    if (this.#options.now() < until) return true;
    paths.delete(path);
    return false;
  }

  #remember(paths: Map<string, number>, path: string): void {
    paths.set(path, this.#options.now() + MISSING_MILLISECONDS);
  }

  /** Reads to the end, from the start whatever was read before. */
  #readAll(descriptor: number, { parameter, endBelow }: Pick<File, 'parameter' | 'endBelow'> = this.#waysToRead('')): string {
    let length = 0;
    for (;;) {
      const room = this.#buffer.length - length;
      const count = readSync(descriptor, this.#buffer, length, parameter ? Math.min(PAGE, room) : room, length);
      length += count;
      if (count === 0 || count < endBelow) break;
      if (length === this.#buffer.length) this.#buffer = Buffer.concat([this.#buffer], this.#buffer.length * 2);
    }
    return this.#buffer.toString('utf8', 0, length);
  }

  #shut(file: File): void {
    if (file.descriptor < 0) return;
    closeSync(file.descriptor);
    file.descriptor = -1;
    this.#open -= 1;
  }

  #sweep(): void {
    const oldest = this.#scrape - SCRAPES_KEPT;
    for (const [path, file] of this.#files) {
      if (file.scrape > oldest) continue;
      this.#shut(file);
      this.#files.delete(path);
    }
    for (const [path, folder] of this.#folders) if (folder.scrape <= oldest) this.#folders.delete(path);
    for (const [path, list] of this.#lists) if (list.scrape <= oldest) this.#lists.delete(path);
    for (const known of [this.#missing, this.#empty])
      for (const [path, until] of known) if (until <= this.#options.now()) known.delete(path);
  }
}

/** The system's code of an error (ENOENT, EACCES …), or nothing for errors of another kind. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
