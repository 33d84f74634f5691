/** A family that a kstat's value belongs to. */
export interface KstatFamily {
  readonly name: string;
  readonly help: string;
}

/** Reads a kstat of named values and hands on each with its family. */
export type NamedReader = (text: string, take: (family: KstatFamily, value: number) => void) => void;

const HEAD = /^name\s+type\s+data\s*$/;

/**
 * A reader of kstats in the form `name type data` (module/os/linux/spl/spl-kstat.c), for values of the given types. Names become
 * families once: arcstats alone has a hundred. The reader throws where there is no head line or a value is no number.
 */
export function namedReader(prefix: string, types: ReadonlySet<string>): NamedReader {
  const families = new Map<string, KstatFamily>();
  return (text, take) => {
    const lines = text.split('\n');
    const head = lines.findIndex((line) => HEAD.test(line));
    if (head < 0) throw new Error(`${prefix}: got ${JSON.stringify(text.slice(0, 60))}, want a kstat with the head "name type data"`);
    for (let index = head + 1; index < lines.length; index += 1) {
      const line = lines[index];
      const nameEnd = line.indexOf(' ');
      if (nameEnd <= 0) continue;
      const [type, data] = line.slice(nameEnd).trim().split(/\s+/, 2);
      if (!types.has(type)) continue;
      const key = line.slice(0, nameEnd);
      let family = families.get(key);
      if (family === undefined) {
        family = { name: `${prefix}_${key.replaceAll(/[^a-zA-Z0-9_]/g, '_')}`, help: `ZFS statistic ${key}.` };
        families.set(key, family);
      }
      const value = Number(data ?? NaN);
      if (Number.isNaN(value)) throw new Error(`${prefix}: got ${JSON.stringify(line)}, want a number`);
      take(family, value);
    }
  };
}

/** One number of a pool's file `io`. */
export interface PoolCount {
  readonly field: string;
  readonly value: number;
}

/** The file `io`: a line of names that begins with nread, a line of numbers. Throws where they do not match. */
export function parsePoolIo(text: string): PoolCount[] {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  const head = lines.findIndex((words) => words[0] === 'nread' && words.length >= 12);
  if (head < 0) return [];
  const numbers = (lines[head + 1] ?? []).map(Number);
  if (numbers.length !== lines[head].length || numbers.some(Number.isNaN))
    throw new Error(`zpool io: got ${JSON.stringify(lines[head + 1]?.join(' '))}, want ${lines[head].length} numbers`);
  return lines[head].map((field, index) => ({ field, value: numbers[index] }));
}
