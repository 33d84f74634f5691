import type { Argument, CommandProgram, Program } from './command-line.ts';
import { type Flag, type FlagSchema, listFlags } from './flags.ts';

const WIDTH = 100;
const LEFT_MOST = 32;

/** The text of `--help`: usage, what the program does, arguments, then a line or more per flag. */
export function helpText(program: Program, schema: FlagSchema, operands: readonly Argument[] = []): string {
  const usage = operands.map(({ name, required }) => (required ? ` ${name}` : ` [${name}]`)).join('');
  const rows: Row[] = [['-h, --help', 'Show this text.']];
  for (const [name, flag] of listFlags(schema)) rows.push([`    ${flagSyntax(name, flag)}`, flagHelp(flag)]);
  rows.push(['    --version', 'Show the version.']);
  const operandRows = operands.map<Row>(({ name, help }) => [name, sentence(help)]);
  return (
    `usage: ${program.name} [flags]${usage}\n\n${wrap(program.help, WIDTH).join('\n')}\n` +
    (operandRows.length === 0 ? '' : `\nArguments:\n${columns(operandRows)}`) +
    `\nFlags:\n${columns(rows)}`
  );
}

/** The text of `--help` for a program with commands: one line per command. */
export function programHelp(program: CommandProgram): string {
  const rows = Object.entries(program.commands).map<Row>(([name, { help }]) => [name, help]);
  return (
    `usage: ${program.name} COMMAND [flags]\n\n${wrap(program.help, WIDTH).join('\n')}\n\nCommands:\n${columns(rows)}` +
    `\nThe flags of a command: ${program.name} COMMAND --help\n`
  );
}

/** The flags of each command of a program as Markdown tables under headings of the third level. */
export function commandTables(program: CommandProgram): string {
  return Object.entries(program.commands)
    .map(([name, { help, flags, arguments: operands }]) => {
      const usage = operands.map((operand) => (operand.required ? ` ${operand.name}` : ` [${operand.name}]`)).join('');
      const said = operands.map((operand) => `\`${operand.name}\`: ${sentence(operand.help)}`).join(' ');
      const table = listFlags(flags).size === 0 ? '' : `\n${flagsTable(flags)}`;
      return `### ${program.name} ${name}${usage}\n\n${[sentence(help), said].join(' ').trim()}\n${table}`;
    })
    .join('\n');
}

/** The flags as a Markdown table, for docs/configuration.md. */
export function flagsTable(schema: FlagSchema): string {
  const rows = [...listFlags(schema)].map(([name, flag]) => {
    const fallback = flag.required ? 'required' : flag.defaultText === '' ? '' : `\`${flag.defaultText}\``;
    return `| \`${markdown(flagSyntax(name, flag, false))}\` | ${markdown(fallback)} | ${markdown(flagHelp(flag))} |\n`;
  });
  return `| Flag | Default | What it does |\n|---|---|---|\n${rows.join('')}`;
}

const markdown = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

type Row = readonly [left: string, right: string];

function flagSyntax(name: string, flag: Flag<unknown>, withDefault = true): string {
  if (flag.kind === 'boolean') return `--[no-]${name}`;
  const value = withDefault && flag.defaultText !== '' ? flag.defaultText : placeholder(flag);
  return `--${name}=${value}${flag.kind === 'list' ? ' ...' : ''}`;
}

function placeholder({ kind, choices }: Flag<unknown>): string {
  if (kind === 'choice') return choices.join('|');
  return kind === 'int' ? 'NUMBER' : kind === 'duration' ? 'DURATION' : 'VALUE';
}

function flagHelp(flag: Flag<unknown>): string {
  const more: string[] = [];
  // A switch whose default is neither says by itself what happens without it.
  if (flag.kind === 'boolean' && typeof flag.default === 'boolean') more.push(flag.default ? 'On by default.' : 'Off by default.');
  if (flag.kind === 'choice') more.push(`One of: ${flag.choices.join(', ')}.`);
  if (flag.kind === 'list') more.push('May be given several times.');
  if (flag.required) more.push('Required.');
  return [sentence(flag.help), ...more].join(' ');
}

/** Help texts are wishes too ("a file with …"), so they are written without capital and full stop or with both. */
function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!]$/.test(capital) ? capital : `${capital}.`;
}

function columns(rows: readonly Row[]): string {
  const left = Math.min(LEFT_MOST, Math.max(...rows.map(([text]) => text.length))) + 4;
  const lines = rows.flatMap(([name, help]) => {
    const [first = '', ...more] = wrap(help, WIDTH - left);
    const start = `  ${name}`;
    const head = start.length + 2 <= left ? [start.padEnd(left) + first] : [start, ' '.repeat(left) + first];
    return [...head, ...more.map((line) => ' '.repeat(left) + line)];
  });
  return `${lines.join('\n')}\n`;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(/\s+/)) {
    const line = lines[lines.length - 1];
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
