import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcp, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atMost, quantileOf, shown, type Bench, type BenchRow } from './bench.ts';
import { startScraped, type ScrapedProcess } from './scraped-process.ts';

const ROUNDS = 8;
const PROBES_A_ROUND = 100;
/** Enough for the just-in-time compiler, which a process that runs for weeks meets once. */
const WARM_UP_ROUNDS = 12;
const MODULES =
  'modules: { http: { prober: http }, tcp: { prober: tcp }, icmp: { prober: icmp }, dns: { prober: dns, dns: { query_name: a.test, query_type: A } } }\n';

/**
 * Probes of a loopback target over kept-alive /probe requests, beside blackbox_exporter, in rounds that take turns. A probe opens
 * its own connection to the target in both.
 */
export const probes: Bench = {
  name: 'probes',
  run: async (say) => {
    const rival = ['prometheus-blackbox-exporter', 'blackbox_exporter'].find((name) => spawnSync(name, ['--version']).status === 0);
    if (rival === undefined) throw new Error('blackbox_exporter: not found, want the Debian package prometheus-blackbox-exporter');
    const folder = mkdtempSync(join(tmpdir(), 'presage-bench-probes-'));
    const file = join(folder, 'modules.yml');
    writeFileSync(file, MODULES);
    const page = createServer((_, response) => void response.end('hello\n'.repeat(100)));
    const port = createTcp((socket) => void socket.on('error', () => {}).end());
    const targets = { http: await listening(page), tcp: await listening(port), icmp: '127.0.0.1' };
    const main = fileURLToPath(new URL('../../exporter/bin/presage-exporter.js', import.meta.url));
    const own = (address: string) => [`--web.listen-address=${address}`, `--probe.config.file=${file}`, '--collector.disable-defaults'];
    const other = (address: string) => [`--web.listen-address=${address}`, `--config.file=${file}`, '--log.level=error'];
    try {
      const rows: BenchRow[] = [];
      for (const [module, target] of Object.entries(targets)) {
        const path = `/probe?module=${module}&target=${target}`;
        const ours = await startScraped(main, own, path);
        const theirs = await startScraped(rival, other, path);
        say(`${module}: ${ROUNDS} rounds of ${PROBES_A_ROUND} probes each`);
        rows.push(...(await compare(module, ours, theirs)));
        await Promise.all([ours.stop(), theirs.stop()]);
      }
      return rows;
    } finally {
      for (const server of [page, port]) server.close();
      rmSync(folder, { recursive: true });
    }
  },
};

async function compare(module: string, ours: ScrapedProcess, theirs: ScrapedProcess): Promise<BenchRow[]> {
  const times = { ours: new Array<number>(), theirs: new Array<number>() };
  for (const server of [ours, theirs]) for (let turn = 0; turn < WARM_UP_ROUNDS; turn += 1) await round(server);
  const before = [ours.cpuSeconds(), theirs.cpuSeconds()];
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    // Who goes first changes, so that neither always runs in the other's wake.
    const order = turn % 2 === 0 ? (['ours', 'theirs'] as const) : (['theirs', 'ours'] as const);
    for (const who of order) times[who].push(...(await round(who === 'ours' ? ours : theirs)));
  }
  const cpu = [ours.cpuSeconds() - before[0], theirs.cpuSeconds() - before[1]].map(
    (seconds) => (seconds * 1000) / (ROUNDS * PROBES_A_ROUND),
  );
  const [p50, p50Theirs] = [times.ours, times.theirs].map((values) => quantileOf(values, 0.5));
  const [p99, p99Theirs] = [times.ours, times.theirs].map((values) => quantileOf(values, 0.99));
  return [
    atMost(`${module}: p50 of a probe against blackbox_exporter`, p50 / p50Theirs, 1, '×'),
    shown(`${module}: p50`, `${p50.toFixed(2)} ms, blackbox_exporter ${p50Theirs.toFixed(2)} ms`),
    shown(`${module}: p99`, `${p99.toFixed(2)} ms, blackbox_exporter ${p99Theirs.toFixed(2)} ms`),
    shown(`${module}: CPU a probe`, `${cpu[0].toFixed(2)} ms, blackbox_exporter ${cpu[1].toFixed(2)} ms`),
  ];
}

async function round(server: ScrapedProcess): Promise<number[]> {
  const times: number[] = [];
  for (let probe = 0; probe < PROBES_A_ROUND; probe += 1) times.push(await server.scrape());
  return times;
}

function listening(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`);
    });
  });
}
