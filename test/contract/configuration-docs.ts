import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { wasmForEsbuild } from '../../stack/wasm.mjs';
import { documentSchema } from '../../ml-sidecar/src/configuration/schema.ts';
import { PROBES_TEXT, RELOAD_TEXT, WEB_TEXT } from './configuration-docs.text.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The text of docs/configuration.md: what the programs themselves say of their flags, and the sidecar's schema of its file. */
export async function configurationDocs(): Promise<string> {
  const [exporter, sidecar] = await Promise.all([programHelp('exporter'), programHelp('ml-sidecar')]);
  return `# Configuration

Made from the schemas that the programs parse with: \`npx vitest run --project unit test/contract/configuration-docs.test.ts -u\`.

- [presage-exporter](#presage-exporter): its flags, which are node_exporter's, or the same in a file
- [Probes](#probes): modules of \`/probe\` and static probes
- [presage](#presage): the commands of the sidecar
- [presage.yml](#presageyml): what to forecast and score
- [Web configuration](#web-configuration): TLS, passwords, headers and rate limit of both

## presage-exporter

Switches are turned off by \`--no-…\`. A value follows after \`=\` or a space. What flags say, a YAML file named by \`--config.file\` may say too, every flag but \`--config.file\` itself, with the same names and values:

\`\`\`yaml
web:
  listen-address: [":9100"]        # a list gives a flag several times
  max-requests: 10
  config.file: /etc/presage/web.yml  # names may be nested at any dot, or not
log.format: json
collector:
  timeout: 5s
  cpu: { enabled: true, info: true } # a switch with flags below it is "enabled"
  wifi: false
  systemd:
    enabled: true
    unit-include: (ssh|nginx|postgresql)\\.service
  textfile.directory: [/var/lib/metrics, "/srv/*/metrics"]
probes:                            # static probes, and modules if you like: see below
  - { name: gateway, target: 192.0.2.1, module: icmp }
  - { name: shop, target: "https://shop.example/", module: http_2xx, interval: 30s }
\`\`\`

Flags go before the file. Unknown keys and wrong values are faults, told all at once with their lines, and end the start. Relative paths in it start where the program was started, as those of flags. The file is read at the start; its probes are taken anew when it changes.

macOS and Windows have other collectors. The file may name those that a system lacks, so that one serves every host, but may not switch them on there: [how it works there](macos-and-windows.md).

${exporter}
${PROBES_TEXT}
## presage

${sidecar}
## presage.yml

A duration is written as in Prometheus: \`90s\`, \`1h30m\`, \`14d\`. Unknown keys are faults. \`presage check\` tells every fault of a file with its place.

${RELOAD_TEXT}
${schemaTable(z.toJSONSchema(documentSchema, { io: 'input', unrepresentable: 'any' }))}
${WEB_TEXT}`;
}

/** What a program says of its commands and flags, as Markdown. Bundles it, so that no build is needed first. */
export async function programHelp(workspace: string): Promise<string> {
  const folder = `${root}node_modules/.cache/presage-docs`;
  mkdirSync(folder, { recursive: true });
  const outfile = `${folder}/${workspace}.mjs`;
  await build({
    entryPoints: [`${root}${workspace}/src/main.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    plugins: [wasmForEsbuild],
    alias: { '@presage/service': `${root}service/src` },
    logLevel: 'error',
  });
  return execFileSync(process.execPath, [outfile, '--help-markdown'], { encoding: 'utf8' });
}

type JsonSchema = Readonly<Record<string, unknown>>;

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null && !Array.isArray(value);

function schemaTable(schema: unknown): string {
  return `| Key | Needed | Default | What it says |\n|---|---|---|---|\n${rowsOf(schema, '').join('')}`;
}

/** A row for each key with a description; lists are shown as `key[]`, alternatives one after the other. */
function rowsOf(schema: unknown, prefix: string): string[] {
  if (!isSchema(schema)) return [];
  const inner = isSchema(schema['items']) ? rowsOf(schema['items'], `${prefix}[]`) : [];
  const either = Array.isArray(schema['anyOf']) ? schema['anyOf'].flatMap((entry: unknown) => rowsOf(entry, prefix)) : [];
  const properties = isSchema(schema['properties']) ? schema['properties'] : {};
  const needed = Array.isArray(schema['required']) ? schema['required'] : [];
  const own = Object.entries(properties).flatMap(([key, value]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    const help = isSchema(value) && typeof value['description'] === 'string' ? value['description'] : '';
    const usual = isSchema(value) && 'usual' in value ? `\`${shownUsual(value['usual'])}\`` : '';
    const row = `| \`${path}\` | ${needed.includes(key) ? 'yes' : ''} | ${usual} | ${help.replaceAll('|', '\\|')} |\n`;
    return [row, ...rowsOf(value, path)];
  });
  return [...new Set([...own, ...inner, ...either])];
}

/** As it would be written in the file. */
function shownUsual(value: unknown): string {
  return Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
}
