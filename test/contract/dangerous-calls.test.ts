import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folders = ['service/src', 'exporter/src', 'ml-sidecar/src', 'page/src', 'grafana-plugin/src', 'stack/src'];

/** Calls by which text of others could become a pattern, markup, a program or a command, and the files that have a reason for one. */
const listed: readonly { readonly what: string; readonly call: RegExp; readonly reasons: Readonly<Record<string, string>> }[] = [
  {
    what: 'a regular expression made of text',
    call: /new RegExp\(/,
    reasons: {
      'exporter/src/collectors/btrfs.ts': 'names of its own',
      'exporter/src/collectors/device-filter.ts': 'a flag of the operator, whom the exporter trusts as node_exporter does',
      'exporter/src/collectors/mdstat.ts': 'words of its own',
      'exporter/src/collectors/nfs-mountstats.ts': 'names of its own',
      'exporter/src/collectors/pressure.ts': 'names of its own',
      'exporter/src/collectors/systemd.ts': 'a flag of the operator',
      'exporter/src/collectors/textfile-folders.ts': 'a glob of the operator, escaped',
      'exporter/src/probes/dns-numbers.ts': 'a prefix of its own',
      'exporter/src/serve/process-metrics.ts': 'names of its own',
    },
  },
  {
    what: 'markup made of text',
    call: /\b(?:innerHTML|outerHTML|srcdoc|dangerouslySetInnerHTML)\b|insertAdjacentHTML|document\.write/,
    reasons: {},
  },
  {
    what: 'a program made of text',
    call: /\beval\(|new Function\(|node:vm|setTimeout\(\s*['"`]/,
    reasons: {
      'ml-sidecar/src/fleet/lease.ts': 'Lua of its own, which Redis runs; values go in as arguments',
      'ml-sidecar/src/fleet/model-store.ts': 'Lua of its own, which Redis runs; values go in as arguments',
      'stack/src/package/carried-start.ts': 'runs the files that lie in the executable itself',
      'stack/src/package/executable.main.ts': 'imports the files that lie in the executable itself',
    },
  },
  {
    what: 'another process',
    call: /(?:from|import\(|require\() ?'(?:node:)?child_process'/,
    reasons: {
      'exporter/src/sampler/sources.ts': 'sysctl and its like, by execFile with arguments of its own',
      'ml-sidecar/src/main.ts': 'ps, by spawnSync with a number',
      'ml-sidecar/src/replay/store.ts': 'the Prometheus that a replay asks, by spawn with paths as arguments',
      'service/src/lazy-node.ts': 'the helper processes of the exporter, which are its own files',
      'stack/src/binaries/debian-alertmanager.ts': 'dpkg, by spawn with arguments of its own',
      'stack/src/execute.ts': 'programs of the stack, by spawn with arguments',
      'stack/src/processes/child.ts': 'programs of the stack, by spawn with arguments',
      'stack/src/processes/command-line.ts': 'ps, by spawnSync with a number',
    },
  },
  { what: 'a shell', call: /shell: *true|(?<![.\w])exec(?:Sync)?\(|['"`](?:\/bin\/)?sh['"`], *\[ *['"`]-c/, reasons: {} },
];

const files = folders.flatMap((folder) =>
  readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:ts|tsx)$/.test(name) && !/\.(?:test|fixture|laws)\.tsx?$|\.d\.ts$/.test(name))
    .map((name) => `${folder}/${name}`),
);

it.each(listed)('text of others becomes $what nowhere but where a reason is given', ({ call, reasons }) => {
  expect(files.length).toBeGreaterThan(300);
  const found = files.filter((file) => withoutImportsOfTypes(readFileSync(root + file, 'utf8')).some((line) => call.test(line)));
  expect(found.filter((file) => !Object.hasOwn(reasons, file))).toEqual([]);
});

/** Matchers come with queries, and a pattern of theirs may take for ever in the engine of JavaScript. */
it('patterns of matchers are run by RE2 alone', () => {
  expect(readFileSync(`${root}ml-sidecar/src/prometheus/matcher.ts`, 'utf8')).toContain("from 're2js'");
});

function withoutImportsOfTypes(text: string): readonly string[] {
  return text.split('\n').filter((line) => !/^\s*(?:import type|\/\/|\*|\/\*\*)/.test(line));
}
