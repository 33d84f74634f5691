import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { atMost, type Bench, type BenchRow, quantileOf, shown } from './bench.ts';
import { readBody } from './scale-read.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Numbers of series measured: `PRESAGE_SCALE=10000 npm run bench -- scale` measures fewer. */
const sizes = (process.env['PRESAGE_SCALE'] ?? '10000,50000').split(',').map(Number);
/** Threads that fit: both of the machine's processors, for the first load. */
const THREADS = 2;
/** Seconds over which the steady state is measured: one step. */
const STEADY = Number(process.env['PRESAGE_SCALE_STEADY'] ?? 300);

/** Seconds without a fit that waits after which all is taken that came while the first history was learnt. */
const QUIET = 60;

const GIGABYTE = 2 ** 30;

/** Many series in one process: a source that makes them up, the sidecar as it is run, and what it costs. */
export const scale: Bench = {
  name: 'scale',
  async run(say) {
    const rows: BenchRow[] = [];
    for (const series of sizes) rows.push(...(await measured(series, say)));
    return rows;
  },
};

async function measured(series: number, say: (line: string) => void): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'presage-scale-'));
  const [sourcePort, port] = [await freePort(), await freePort()];
  const source = spawn(process.execPath, [`${root}bench/dist/scale-source.worker.js`, String(series), String(sourcePort)]);
  writeFileSync(
    `${folder}/presage.yml`,
    `prometheus: { url: "http://127.0.0.1:${sourcePort}" }
watches:
  - { name: load, expr: "sum without (x) (load_ratio)", step: 5m, history: 14d, horizon: 24h, bounds: [0, 1], series_limit: ${series}, limits: [{ name: full, above: 0.95 }] }
`,
  );
  const url = `http://127.0.0.1:${port}`;
  const start = (): Sidecar => startSidecar(folder, port);
  let sidecar = start();
  try {
    const cold = await ready(url, sidecar, say, `${series} series, cold`);
    say(`${series} series: ready after ${cold.seconds.toFixed(0)} s`);
    const behind = await caughtUp(url);
    say(`${series} series: caught up after ${behind.toFixed(0)} s more; measuring ${STEADY} s`);
    const steady = await steadily(url, sidecar, say);
    const peak = sidecar.peakBytes();
    const saved = await stopped(sidecar);
    sidecar = start();
    const warm = await ready(url, sidecar, say, `${series} series, from saved state`);
    return rowsOf(series, { cold, behind, peak: Math.max(peak, sidecar.peakBytes()), steady, saved, warm: warm.seconds });
  } finally {
    sidecar.child.kill('SIGKILL');
    source.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What was measured of one size. Seconds, bytes. */
interface Measured {
  readonly cold: Awaited<ReturnType<typeof ready>>;
  readonly behind: number;
  readonly peak: number;
  readonly steady: Awaited<ReturnType<typeof steadily>>;
  readonly saved: number;
  readonly warm: number;
}

function rowsOf(series: number, { cold, behind, peak, steady, saved, warm }: Measured): readonly BenchRow[] {
  const label = (what: string): string => `${what}, ${series} series`;
  const learning = cold.pages;
  const block = Math.max(...steady.pages.map((page) => page.block));
  return [
    shown(label('from start to all ready, cold'), `${cold.seconds.toFixed(0)} s`),
    shown(label('CPU of that'), `${cold.cpu.toFixed(0)} s`),
    shown(label('until all is taken that came meanwhile'), `${behind.toFixed(0)} s`),
    atMost(label('from start to all ready, saved state'), warm, 30, ' s', 1),
    shown(label('stop and save'), `${saved.toFixed(1)} s`),
    atMost(label('steady CPU'), steady.cpu, 1, ' cores'),
    atMost(label('resident memory, most'), peak / GIGABYTE, 6, ' GiB'),
    shown(label('resident memory, steady'), `${(steady.bytes / GIGABYTE).toFixed(2)} GiB`),
    atMost(
      label('/metrics, p99, steady'),
      quantileOf(
        steady.pages.map((page) => page.seconds),
        0.99,
      ),
      2,
      ' s',
    ),
    shown(
      label('/metrics, p99, while learning'),
      `${quantileOf(
        learning.map((page) => page.seconds),
        0.99,
      ).toFixed(2)} s`,
    ),
    shown(label('/metrics, size; compressed'), `${mebibytes(steady.pages, 'bytes')}; ${mebibytes(steady.pages, 'wire')} MiB`),
    shown(label('remote read of one level of all series, p99'), `${quantileOf(steady.reads, 0.99).toFixed(2)} s`),
    atMost(label('longest block of the event loop, steady'), 1000 * block, 100, ' ms', 0),
    shown(label('the same while learning'), `${(1000 * Math.max(...learning.map((page) => page.block))).toFixed(0)} ms`),
  ];
}

function mebibytes(pages: readonly Page[], what: 'bytes' | 'wire'): string {
  return (Math.max(...pages.map((page) => page[what])) / 2 ** 20).toFixed(1);
}

interface Sidecar {
  readonly child: ChildProcess;
  readonly begun: number;
  /** CPU seconds used so far, of all threads. */
  cpuSeconds(): number;
  bytes(): number;
  peakBytes(): number;
}

function startSidecar(folder: string, port: number): Sidecar {
  const words = [
    'run',
    `--config.file=${folder}/presage.yml`,
    `--storage.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
    `--fit.threads=${THREADS}`,
  ];
  const child = spawn(process.execPath, [`${root}ml-sidecar/dist/main.js`, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
  const read = (file: string): string => readFileSync(`/proc/${child.pid}/${file}`, 'utf8');
  const kilobytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(read('status'))?.[1] ?? 0) * 1024;
  return {
    child,
    begun: performance.now(),
    cpuSeconds: () => {
      const fields = read('stat')
        .replace(/^.*\) /, '')
        .split(' ');
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    bytes: () => kilobytes('VmRSS'),
    peakBytes: () => kilobytes('VmHWM'),
  };
}

/** One scrape: how long it took, how large it was and how large on the wire, and the longest block since the one before. Seconds, bytes. */
interface Page {
  readonly seconds: number;
  readonly bytes: number;
  readonly wire: number;
  readonly block: number;
  /** Fits that wait for their turn. */
  readonly waiting: number;
}

/** Asks as Prometheus does; the clock stops with the last byte, what the client makes of it is another matter. */
async function scraped(url: string): Promise<Page> {
  const begun = performance.now();
  const asked = request(`${url}/metrics`, { headers: { 'accept-encoding': 'gzip' } }).end();
  const [answer]: IncomingMessage[] = await once(asked, 'response');
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part);
  const seconds = (performance.now() - begun) / 1000;
  const wire = Buffer.concat(parts);
  const text = answer.headers['content-encoding'] === 'gzip' ? gunzipSync(wire) : wire;
  const tail = text.subarray(-100_000).toString();
  const read = (line: RegExp): number => Number(line.exec(tail)?.[1] ?? NaN);
  const block = read(/^presage_event_loop_delay_seconds\{quantile="1"\} (\S+)$/m);
  return { seconds, bytes: text.length, wire: wire.length, block, waiting: read(/^presage_fits_waiting (\S+)$/m) };
}

/** Scrapes until all is ready. */
async function ready(url: string, sidecar: Sidecar, say: (line: string) => void, what: string) {
  const pages: Page[] = [];
  for (let told = 0; ;) {
    if (sidecar.child.exitCode !== null) throw new Error(`${what}: the sidecar ended with ${sidecar.child.exitCode}`);
    const isReady = await fetch(`${url}/-/ready`).then(
      ({ status }) => status === 200,
      () => undefined,
    );
    const seconds = (performance.now() - sidecar.begun) / 1000;
    if (isReady) return { seconds, cpu: sidecar.cpuSeconds(), pages };
    if (isReady === false && seconds - told > 10) {
      told = seconds;
      pages.push(await scraped(url));
      say(`${what}: ${seconds.toFixed(0)} s, ${(sidecar.bytes() / GIGABYTE).toFixed(2)} GiB, /metrics ${JSON.stringify(pages.at(-1))}`);
    }
    await pause(0.2);
  }
}

/** Waits until what came during the first load has been taken, and gives the seconds that this took. */
async function caughtUp(url: string): Promise<number> {
  const begun = performance.now();
  let busy = begun;
  while (performance.now() - busy < QUIET * 1000) {
    await pause(5);
    const { waiting } = await scraped(url);
    if (waiting !== 0) busy = performance.now();
  }
  return (busy - begun) / 1000;
}

/** Scrapes each fifteen seconds and reads each minute, as Prometheus and its rules do. */
async function steadily(url: string, sidecar: Sidecar, say: (line: string) => void) {
  const [pages, reads]: [Page[], number[]] = [[], []];
  await scraped(url);
  const begun = performance.now();
  const before = sidecar.cpuSeconds();
  for (let round = 0; performance.now() - begun < STEADY * 1000; round++) {
    const next = begun + round * 15_000;
    await pause(Math.max(0, (next - performance.now()) / 1000));
    pages.push(await scraped(url));
    say(`/metrics ${JSON.stringify(pages.at(-1))}`);
    if (round % 4 !== 0) continue;
    const asked = performance.now();
    const now = Date.now();
    const answer = await fetch(`${url}/api/v1/read`, { method: 'POST', body: readBody('0.9', now - 3_600_000, now) });
    if (answer.status !== 200) throw new Error(`remote read: got ${answer.status}: ${await answer.text()}`);
    await answer.arrayBuffer();
    reads.push((performance.now() - asked) / 1000);
  }
  const cpu = (sidecar.cpuSeconds() - before) / ((performance.now() - begun) / 1000);
  return { pages, reads, cpu, bytes: sidecar.bytes() };
}

/** Ends it as a user would; seconds until it has saved and gone. */
async function stopped({ child }: Sidecar): Promise<number> {
  const begun = performance.now();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
  return (performance.now() - begun) / 1000;
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
