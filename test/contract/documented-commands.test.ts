import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { programHelp } from './configuration-docs.ts';
import { repositoryFile } from './machine.ts';

/** One entry of documented-commands.yml. */
interface Proof {
  readonly begins: string;
  readonly test?: string;
  readonly by?: string;
  readonly notRun?: string;
}

const root = repositoryFile('.');
const proofs: readonly Proof[] = parse(readFileSync(new URL('documented-commands.yml', import.meta.url), 'utf8'));
const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  // A changelog tells what was, not what to type.
  .filter((page) => page !== '' && !page.endsWith('CHANGELOG.md') && existsSync(join(root, page)));

const PROGRAM =
  /^(?:[A-Z_]+=\S+ )*(?:npm|npx|node|presage|presage-exporter|docker|helm|kubectl|promtool|amtool|curl|systemctl|systemd-\w+) \S/;

/** Every command of a page: lines of code blocks, and inline code that says more than the name of a program. */
function commandsOf(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8').replaceAll(/\\\n\s*/g, '');
  const fenced = [...text.matchAll(/^```(?:sh|bash|console)?\n([^]*?)^```/gm)].flatMap((match) => match[1].split('\n'));
  const indented = [...text.matchAll(/^ {4,}(.*)$/gm)].map((match) => match[1]);
  const prose = text.replaceAll(/^```[^]*?^```/gm, '').replaceAll(/^ {4,}.*$/gm, '');
  const inline = [...prose.matchAll(/`([^`]+)`/g)].map((match) => match[1].replaceAll(/\s+/g, ' '));
  return [...fenced, ...indented, ...inline].map((line) => line.trim().replace(/\s+#.*$/, '')).filter((line) => PROGRAM.test(line));
}

const documented = new Map(pages.flatMap((page) => commandsOf(page).map((command) => [command, page])));

const proofOf = (command: string): Proof | undefined =>
  proofs.filter(({ begins }) => command.startsWith(begins)).sort((a, b) => b.begins.length - a.begins.length)[0];

test('there are commands to look at', () => {
  expect(documented.size).toBeGreaterThan(40);
});

test.each([...documented])('a test runs `%s` (%s), or the table says why none can', (command) => {
  expect(proofOf(command)).toBeDefined();
});

test.each(proofs.filter(({ notRun }) => notRun === undefined))('$test runs $begins', ({ test: file = '', by = '' }) => {
  expect(by.length).toBeGreaterThan(2);
  expect({ file, holds: readFileSync(join(root, file), 'utf8').includes(by) }).toEqual({ file, holds: true });
});

test('every npm script and bench that a page names exists', () => {
  const scripts: Record<string, string> = {};
  for (const file of ['package.json', 'grafana-plugin/package.json'])
    Object.assign(scripts, JSON.parse(readFileSync(join(root, file), 'utf8')).scripts);
  const benches = readFileSync(join(root, 'bench/main.ts'), 'utf8');
  const wrong = [...documented.keys()].flatMap((command) => {
    const script = /^npm run (\S+)/.exec(command)?.[1];
    const names = /^npm run bench -- (.+)$/.exec(command)?.[1].split(' ') ?? [];
    const unknown = names.filter((name) => /^[a-z]/.test(name) && !benches.includes(`/${name}.ts`));
    return script !== undefined && scripts[script] === undefined ? [command] : unknown;
  });
  expect(wrong).toEqual([]);
});

describe.each([
  ['presage', 'ml-sidecar'],
  ['presage-exporter', 'exporter'],
])('%s', (program, workspace) => {
  test('every flag that a page gives it exists', async () => {
    const help = await programHelp(workspace);
    const lines = [...documented.keys()].filter((command) => command.startsWith(`${program} `));
    expect(lines.length).toBeGreaterThan(0);
    const unknown = lines.flatMap((command) =>
      [...command.matchAll(/ --([a-z][\w.-]*)/g)]
        .map((match) => match[1])
        .filter(
          (flag) =>
            !['help', 'version'].includes(flag) && !help.includes(`\`--${flag}`) && !help.includes(`\`--[no-]${flag.replace(/^no-/, '')}`),
        )
        .map((flag) => `${command}: --${flag}`),
    );
    expect(unknown).toEqual([]);
  }, 60_000);
});
