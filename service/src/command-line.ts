import { type Flag, type FlagSchema, type FlagValues, isFlag, listFlags } from './flags.ts';
import { commandTables, flagsTable, helpText, programHelp } from './flags-help.ts';
import { nearest } from './nearest.ts';

/** A fault in what the user gave: place, finding and wish in one line. The program prints it and ends with 1. */
export class UsageError extends Error {}

/** A positional argument of a command: `presage explain SELECTOR`. */
export interface Argument {
  readonly name: string;
  readonly help: string;
  readonly required: boolean;
}

/** What stands before the flags in help and version: `node_exporter`'s --version prints the same two facts. */
export interface Program {
  readonly name: string;
  readonly version: string;
  readonly help: string;
}

/** A program without commands, as the exporter. */
export interface FlagProgram<S extends FlagSchema> extends Program {
  readonly flags: S;
}

/** One command of a program; made by `command`, which ties `run` to the types of its flags. */
export interface Command {
  readonly help: string;
  readonly flags: FlagSchema;
  readonly arguments: readonly Argument[];
  /** Reads the words after the command's name. Throws UsageError. The result runs it and gives the exit code. */
  bind(words: readonly string[]): () => Promise<number>;
}

/** A program with commands; a key may have several words: `'evaluate forecast'`. */
export interface CommandProgram extends Program {
  readonly commands: Readonly<Record<string, Command>>;
}

/** A text to print on standard output, after which the program ends with 0; or what to do. */
export type Parsed<T> = { readonly text: string } | { readonly values: T };

/** Texts per flag name from another place than the command line, for flags that the command line does not give. */
export type Given = ReadonlyMap<string, readonly string[]>;

/**
 * The values of a program's flags. `words` is the command line without node and the script; `given` holds what a
 * configuration file says. Throws UsageError, and never reads anything else.
 */
export function parseFlags<S extends FlagSchema>(
  program: FlagProgram<S>,
  words: readonly string[],
  given: Given = new Map(),
): Parsed<FlagValues<S>> {
  const { texts, operands, asks } = splitWords(program.flags, words);
  if (asks === 'help') return { text: helpText(program, program.flags) };
  if (asks === 'help-markdown') return { text: flagsTable(program.flags) };
  if (asks === 'version') return { text: versionText(program) };
  if (operands.length > 0) throw new UsageError(`${program.name}: unexpected ${operands[0]}, want flags alone`);
  return { values: valuesOf(program.flags, new Map([...given, ...texts])) };
}

/** Ties a command's flags to the function that gets their values. The function gives the exit code. */
export function command<S extends FlagSchema>(definition: {
  readonly help: string;
  readonly flags: S;
  readonly arguments?: readonly Argument[];
  run(values: FlagValues<S>, operands: readonly string[]): Promise<number>;
}): Command {
  const wanted = definition.arguments ?? [];
  return {
    help: definition.help,
    flags: definition.flags,
    arguments: wanted,
    bind: (words) => {
      const { texts, operands } = splitWords(definition.flags, words);
      const missing = wanted.filter((argument) => argument.required)[operands.length];
      if (missing !== undefined) throw new UsageError(`${missing.name}: missing, want ${missing.help}`);
      if (operands.length > wanted.length) throw new UsageError(`unexpected ${operands[wanted.length]}, want flags alone`);
      const values = valuesOf(definition.flags, texts);
      return () => definition.run(values, operands);
    },
  };
}

/** What a command line asks of a program with commands. Throws UsageError. */
export function parseCommand(program: CommandProgram, words: readonly string[]): Parsed<() => Promise<number>> {
  const name = Object.keys(program.commands)
    .sort((a, b) => b.length - a.length)
    .find((key) => key.split(' ').every((word, index) => words[index] === word));
  if (name === undefined) {
    const first = words.find((word) => !word.startsWith('-'));
    if ((first ?? 'help') === 'help' && words.some((word) => isHelp(word))) return { text: programHelp(program) };
    if (first === undefined && words.includes(HELP_MARKDOWN)) return { text: commandTables(program) };
    if (first === undefined && words.includes('--version')) return { text: versionText(program) };
    throw new UsageError(`${program.name}: ${unknownCommand(program, first)}`);
  }
  const chosen = program.commands[name];
  const rest = words.slice(name.split(' ').length);
  const { asks } = splitWords(chosen.flags, rest);
  if (asks === 'help')
    return { text: helpText({ ...program, name: `${program.name} ${name}`, help: chosen.help }, chosen.flags, chosen.arguments) };
  if (asks === 'version') return { text: versionText(program) };
  return { values: chosen.bind(rest) };
}

function unknownCommand(program: CommandProgram, word: string | undefined): string {
  const names = Object.keys(program.commands);
  const guess = word === undefined ? undefined : nearest(word, names);
  const found = word === undefined ? 'no command' : `unknown command ${word}`;
  return `${found}, want one of ${names.join(', ')}${guess === undefined ? '' : `; did you mean ${guess}?`}`;
}

/** Gives the flags as Markdown tables, for docs/configuration.md; --help does not show it. */
const HELP_MARKDOWN = '--help-markdown';

const isHelp = (word: string): boolean => word === '--help' || word === '-h' || word === 'help';

const versionText = (program: Program): string => `${program.name}, version ${program.version}\n`;

interface Split {
  readonly texts: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
  readonly asks: 'help' | 'help-markdown' | 'version' | 'nothing';
}

/** Sorts words as kingpin does: `--a=x`, `--a x`, `--a` and `--no-a` for switches, `--` ends the flags. */
function splitWords(schema: FlagSchema, words: readonly string[]): Split {
  const flags = listFlags(schema);
  const texts = new Map<string, string[]>();
  const operands: string[] = [];
  let asks: Split['asks'] = 'nothing';
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i];
    if (word === '--') {
      operands.push(...words.slice(i + 1));
      break;
    }
    if (word === '--help' || word === '-h') asks = 'help';
    else if (word === HELP_MARKDOWN) asks = 'help-markdown';
    else if (word === '--version') asks = asks === 'help' ? asks : 'version';
    else if (!word.startsWith('-') || word === '-') operands.push(word);
    else {
      const { name, text, took } = readFlag(flags, word, words[i + 1]);
      texts.set(name, [...(texts.get(name) ?? []), text]);
      i += took;
    }
  }
  return { texts, operands, asks };
}

function readFlag(
  flags: ReadonlyMap<string, Flag<unknown>>,
  word: string,
  next: string | undefined,
): { readonly name: string; readonly text: string; readonly took: number } {
  const equals = word.indexOf('=');
  const name = word.slice(word.startsWith('--') ? 2 : 1, equals < 0 ? undefined : equals);
  const inline = equals < 0 ? undefined : word.slice(equals + 1);
  const flag = word.startsWith('--') ? flags.get(name) : undefined;
  if (flag !== undefined) {
    if (inline !== undefined) return { name, text: inline, took: 0 };
    if (flag.kind === 'boolean') return { name, text: 'true', took: 0 };
    if (next === undefined) throw new UsageError(`--${name}: no value, want --${name}=VALUE`);
    return { name, text: next, took: 1 };
  }
  const positive = name.startsWith('no-') ? name.slice(3) : '';
  if (flags.get(positive)?.kind === 'boolean') {
    if (inline !== undefined) throw new UsageError(`--${name}: got ${JSON.stringify(inline)}, want no value`);
    return { name: positive, text: 'false', took: 0 };
  }
  const known = [...flags].flatMap(([key, { kind }]) => (kind === 'boolean' ? [key, `no-${key}`] : [key]));
  const guess = nearest(name, [...known, 'help', 'version']);
  throw new UsageError(`${word}: unknown flag, want one that --help lists${guess === undefined ? '' : `; did you mean --${guess}?`}`);
}

function valuesOf<S extends FlagSchema>(schema: S, texts: Given): FlagValues<S> {
  const values: Record<string, unknown> = {};
  for (const [name, entry] of Object.entries(schema))
    values[name] = isFlag(entry) ? valueOf(name, entry, texts.get(name)) : valuesOf(entry, texts);
  if (!isComplete(schema, values)) throw new Error('a flag got no value');
  return Object.freeze(values);
}

function valueOf(name: string, flag: Flag<unknown>, texts: readonly string[] | undefined): unknown {
  if (texts === undefined) {
    if (flag.required) throw new UsageError(`--${name}: missing, want ${flag.help}`);
    return flag.default;
  }
  const result = flag.parse(texts);
  if ('value' in result) return result.value;
  throw new UsageError(`--${name}: got ${result.found}, want ${result.want}`);
}

/** Each value came out of the flag under the same key, so having every key is having every type. */
function isComplete<S extends FlagSchema>(schema: S, values: object): values is FlagValues<S> {
  return Object.keys(schema).every((name) => Object.hasOwn(values, name));
}
