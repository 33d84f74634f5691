import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writeHistory } from './exposition.ts';
import { hostsScrapeConfig, serveHosts } from './hosts-server.ts';
import { tellStory } from './story.ts';

const usage = `usage: node demo.js write --folder DIR --address HOST:PORT
       node demo.js serve --folder DIR [--port PORT]

The demo of docker-compose. "write" lays down three generated weeks of generated hosts (history.openmetrics, for promtool) and how
Prometheus scrapes them from there on (scrape/demo.yml), once: a folder that has them is left as it is. "serve" is these hosts.`;

async function main(): Promise<number> {
  const [command, ...args] = process.argv.slice(2);
  const { folder, address, port } = parseArgs({
    args,
    options: { folder: { type: 'string' }, address: { type: 'string' }, port: { type: 'string', default: '9880' } },
  }).values;
  if (folder === undefined) throw new Error(`--folder: got none, want one\n\n${usage}`);
  if (command === 'write' && address !== undefined) return write(folder, address);
  if (command === 'serve') return serve(folder, Number(port));
  throw new Error(`got ${JSON.stringify(command)}, want write with --address, or serve\n\n${usage}`);
}

function write(folder: string, address: string): number {
  if (anchorOf(folder) !== undefined) return 0;
  const anchor = Math.floor(Date.now() / 60_000) * 60;
  mkdirSync(path.join(folder, 'scrape'), { recursive: true });
  const count = writeHistory(tellStory(anchor), path.join(folder, 'history.openmetrics'));
  // JSON is YAML.
  writeFileSync(path.join(folder, 'scrape/demo.yml'), JSON.stringify({ scrape_configs: [hostsScrapeConfig(anchor, address)] }));
  // Last: with it the folder is whole.
  writeFileSync(path.join(folder, 'anchor'), String(anchor));
  console.log(`${count} samples of generated hosts`);
  return 0;
}

/** Runs until SIGTERM. */
async function serve(folder: string, port: number): Promise<number> {
  const anchor = anchorOf(folder);
  if (anchor === undefined) throw new Error(`${folder}/anchor: got none, want what "write" lays down`);
  const server = await serveHosts(port, anchor, () => Date.now() / 1000, '0.0.0.0');
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      server.close();
      server.closeAllConnections();
    });
  return 0;
}

function anchorOf(folder: string): number | undefined {
  try {
    return Number(readFileSync(path.join(folder, 'anchor'), 'utf8'));
  } catch {
    return undefined;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
