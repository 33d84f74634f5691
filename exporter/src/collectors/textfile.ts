import { labelText, type MetricType } from '@presage/service/exposition.ts';
import { listFlag } from '@presage/service/flags.ts';
import { errorText, type Logger } from '@presage/service/log.ts';
import type { Helper } from '../host/helper.ts';
import type { Deadline } from '../scrape/deadline.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector } from './collector.ts';
import { parseTextFile, type TextFamily } from './textfile-format.ts';
import { globFolders } from './textfile-folders.ts';

const DIRECTORY = 'collector.textfile.directory';
/** Share of the time left that a folder or file may take, so that the others are served in time. */
const SHARE = 0.4;
/** Some fifty thousand series; a larger file is refused, as it would take more memory than the process may have. */
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * Metrics that other programs leave in files NAME.prom. Folders and files are read in the helper process, so a FIFO or a dead mount
 * costs its deadline and nothing else. A file that breaks the format shows nothing and sets node_textfile_scrape_error; of two files
 * with the same series, or with different help or type for a family, the first by name wins.
 */
export const textfile = defineCollector({
  name: 'textfile',
  help: 'metrics from text files',
  flags: {
    [DIRECTORY]: listFlag({ help: 'Folder with files NAME.prom, or a glob of such folders; may be given several times.' }),
  },
  start: (values, log) => {
    const folders = values[DIRECTORY].map((folder) => folder.replace(/(.)\/+$/, '$1')).filter((folder) => folder !== '');
    const parsed = new Map<string, ParsedFile>();
    const faults = faultLog(log);
    return async (host, sink, deadline) => {
      const errors = sink.gauge('node_textfile_scrape_error', 'Whether a text file or folder could not be read.');
      const { files, failed } = await readAll(host.helper, folders, deadline, parsed, faults);
      const conflicts = writeFiles(sink, files, faults);
      errors.add(failed || conflicts ? 1 : 0);
    };
  },
});

/** A file as it was when it was read last; the same text is not parsed again. */
interface ParsedFile {
  readonly text: string;
  readonly families: readonly TextFamily[];
}

interface ReadFile extends ParsedFile {
  readonly path: string;
  readonly modified: number;
}

/** Says a fault of a path once, and again when it becomes another one; `undefined` is its end. */
type Faults = (path: string, error: unknown) => void;

function faultLog(log: Logger): Faults {
  const known = new Map<string, string>();
  return (path, error) => {
    if (error === undefined) {
      known.delete(path);
      return;
    }
    const text = errorText(error);
    if (known.get(path) === text) return;
    known.set(path, text);
    log.warn('text file left out', { file: path, err: text });
  };
}

async function readAll(
  helper: Helper,
  folders: readonly string[],
  deadline: Deadline,
  parsed: Map<string, ParsedFile>,
  faults: Faults,
): Promise<{ readonly files: readonly ReadFile[]; readonly failed: boolean }> {
  const timeout = deadline.remaining() * SHARE;
  let failed = false;
  const guard = async <T>(path: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      const result = await work();
      faults(path, undefined);
      return result;
    } catch (error) {
      failed = true;
      faults(path, error);
      return undefined;
    }
  };
  const found = await Promise.all(folders.map((folder) => guard(folder, () => globFolders(helper, folder, timeout))));
  const paths = [...new Set(found.flatMap((each) => each ?? []))];
  const lists = await Promise.all(
    paths.map((folder) => guard(folder, async () => (await helper.list(folder, timeout)).map((name) => `${folder}/${name}`))),
  );
  const names = lists.flatMap((list) => list ?? []).filter((path) => path.endsWith('.prom'));
  const files = await Promise.all(names.map((path) => guard(path, () => readFile(helper, path, timeout, parsed))));
  for (const path of parsed.keys()) if (!names.includes(path)) parsed.delete(path);
  return { files: files.flatMap((file) => file ?? []), failed };
}

async function readFile(helper: Helper, path: string, timeout: number, parsed: Map<string, ParsedFile>): Promise<ReadFile> {
  const { text, modified } = await helper.read(path, timeout, MOST_BYTES);
  const known = parsed.get(path);
  const families = known?.text === text ? known.families : parseTextFile(text);
  parsed.set(path, { text, families });
  return { path, modified, text, families };
}

/** Writes the files in order; gives whether some contradicted an earlier one and lost. */
function writeFiles(sink: Sink, files: readonly ReadFile[], faults: Faults): boolean {
  const mtime = sink.gauge('node_textfile_mtime_seconds', 'Unix time at which the text file was last changed.');
  const helps = helpTexts(files);
  const types = new Map<string, MetricType>();
  let conflicts = false;
  for (const { path, modified, families } of files) {
    mtime.add(modified, labelText({ file: path }));
    for (const family of families) {
      const type = types.get(family.name) ?? family.type;
      types.set(family.name, type);
      if (type === family.type) {
        writeFamily(sink, family, helps.get(family.name) ?? '');
        continue;
      }
      conflicts = true;
      faults(path, new Error(`${family.name}: got the type ${family.type}, want ${type} as in an earlier file`));
    }
  }
  return conflicts;
}

/** For each family the first help that a file gives; else the first file that it is from. */
function helpTexts(files: readonly ReadFile[]): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  const origins = new Map<string, string>();
  for (const { path, families } of files) {
    for (const { name, help = '' } of families) {
      if (help !== '' && !given.has(name)) given.set(name, help);
      if (!origins.has(name)) origins.set(name, `From the text file ${path}.`);
    }
  }
  return new Map([...origins, ...given]);
}

function writeFamily(sink: Sink, { name, type, samples }: TextFamily, help: string): void {
  const family = sink.family(name, help, type);
  for (const { suffix, labels, value } of samples) family.add(value, labels, suffix);
}
