import type { Given } from './command-line.ts';
import { type Decoder, type Faults, type Path, shown } from './decode.ts';
import { type Flag, type FlagSchema, listFlags } from './flags.ts';
import { nearest } from './nearest.ts';

/**
 * Reads a configuration file that says what flags say, by the same schema: `web.max-requests: 10`, or nested at any dot:
 * `web: { max-requests: 10 }`. A list gives a flag several times. Where a switch has flags below it (`collector.cpu`,
 * `collector.cpu.info`), `enabled` in their mapping is the switch. `others` are top-level keys that are somebody else's.
 */
export function flagsFile(schema: FlagSchema, others: readonly string[] = []): Decoder<Given> {
  const flags = listFlags(schema);
  return {
    decode: (value, path, faults) => {
      const given = new Map<string, readonly string[]>();
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        faults.add(path, shown(value), 'a mapping');
        return given;
      }
      const walk = (mapping: object, at: Path, prefix: string) => {
        for (const [key, own] of Object.entries(mapping)) {
          if (prefix === '' && others.includes(key)) continue;
          const name = `${prefix}${key}`;
          const isMapping = typeof own === 'object' && own !== null && !Array.isArray(own);
          if (isMapping && (leads(flags, name) || flags.get(name)?.kind === 'boolean')) walk(own, [...at, key], `${name}.`);
          else readValue(flags, name, own, [...at, key], faults, given);
        }
      };
      walk(value, path, '');
      return given;
    },
  };
}

const leads = (flags: ReadonlyMap<string, Flag<unknown>>, name: string): boolean =>
  [...flags.keys()].some((flag) => flag.startsWith(`${name}.`));

function readValue(
  flags: ReadonlyMap<string, Flag<unknown>>,
  written: string,
  value: unknown,
  path: Path,
  faults: Faults,
  given: Map<string, readonly string[]>,
): void {
  const name = written.endsWith('.enabled') && !flags.has(written) ? written.slice(0, -'.enabled'.length) : written;
  const flag = flags.get(name);
  if (flag === undefined) {
    const guess = nearest(written, flags.keys());
    faults.add(path, 'an unknown key', guess === undefined ? 'the name of a flag as --help lists it' : `${guess}, if that was meant`);
    return;
  }
  if (given.has(name)) {
    faults.add(path, `${name} a second time`, 'each flag once; a list gives several values');
    return;
  }
  const texts = textsOf(value, flag.kind === 'list');
  if (texts === undefined) {
    faults.add(path, shown(value), flag.kind === 'list' ? 'a text or a list of texts' : 'one value');
    return;
  }
  const result = flag.parse(texts);
  if ('value' in result) given.set(name, texts);
  else faults.add(path, result.found, result.want);
}

function textsOf(value: unknown, several: boolean): readonly string[] | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  if (!several || !Array.isArray(value)) return undefined;
  const texts = value.map((entry: unknown) => textsOf(entry, false)?.[0]);
  return texts.every((text) => text !== undefined) ? texts : undefined;
}
