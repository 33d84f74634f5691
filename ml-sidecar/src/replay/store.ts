import { spawn } from 'node:child_process';
import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { labelText, valueText } from '@presage/service/exposition.ts';
import { createPrometheusClient, type PrometheusClient } from '../prometheus/client.ts';
import type { ReadSource } from '../prometheus/remote-read.ts';
import { forecastName } from '../serve/read.ts';
import type { Labels } from '../watch/labels.ts';
import { PROMETHEUS_FILE } from './leftovers.ts';
import { type ReadServer, startReadServer } from './read-server.ts';

/** Samples on their way into the store; those of one series in ascending time. */
export interface Batch {
  add(name: string, labels: Labels, time: number, value: number): void;
  /** As `add`, with the labels as they are written: `{a="b"}` or nothing. */
  addText(name: string, labels: string, time: number, value: number): void;
  /** How many bytes of the file there are so far; all of them are in it when it returns. */
  mark(): number;
  /** How many were added. */
  close(): number;
}

/** A Prometheus of the replay's own, of the past alone: what is loaded can be asked, nothing is scraped. */
export interface Store {
  /** Asks what was loaded so far. */
  readonly client: PrometheusClient;
  /** A file of samples at `path`, to be loaded later. `mark`: goes on after so many bytes of what a batch left there. */
  batch(path: string, mark?: number): Batch;
  /** Takes files of samples in, and is ready when it resolves. */
  load(paths: readonly string[]): Promise<void>;
  /** Answers remote reads of presage_forecast from now on; the next load makes it known. */
  serve(source: ReadSource): Promise<void>;
  stop(): Promise<void>;
  /** Removes what was loaded; after `stop`. */
  remove(): void;
}

/** A program that can be started. */
export interface Executable {
  readonly path: string;
  /** Words before all others. */
  readonly args?: readonly string[];
  /** Variables besides those of the replay itself. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface StoreOptions {
  /** Folder for its data; made if need be. */
  readonly folder: string;
  readonly prometheus: Executable;
  readonly promtool: Executable;
  /** What both inherit. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Seconds for which a sample stands where no newer one follows. */
  readonly lookback: number;
  readonly sleep: (seconds: number) => Promise<void>;
  readonly random: () => number;
}

/** A program that is not there or fails; the message says what to do. */
export class StoreError extends Error {}

/** Seconds to wait for a start before giving up. */
const START_SECONDS = 60;
const BUFFER = 1 << 20;

/** Makes an empty store; Prometheus starts with the first load. */
export function createStore(options: StoreOptions): Store {
  const data = join(options.folder, 'tsdb');
  mkdirSync(data, { recursive: true });
  const configuration = join(options.folder, 'prometheus.yml');
  writeFileSync(configuration, 'global: {}\n');
  let reads: ReadServer | undefined;
  let running: { stop(): Promise<void>; client: PrometheusClient } | undefined;
  const stop = async (): Promise<void> => {
    await running?.stop();
    running = undefined;
  };
  return {
    get client() {
      if (running === undefined) throw new StoreError('nothing has been loaded yet');
      return running.client;
    },
    batch: openBatch,
    async load(paths) {
      await stop();
      for (const path of paths) {
        // Hidden flag of promtool: without it the file is read once for every two hours of it.
        const words = ['tsdb', 'create-blocks-from', '--max-block-duration=8760h', 'openmetrics', '--quiet', path, data];
        await run(options.promtool, words, options.environment);
      }
      running = await start(options, configuration, data);
    },
    async serve(source) {
      reads = await startReadServer(source);
      writeFileSync(
        configuration,
        `remote_read:\n  - { url: "${reads.url}", read_recent: true, required_matchers: { __name__: ${forecastName} } }\n`,
      );
    },
    async stop() {
      await stop();
      reads?.close();
      reads = undefined;
    },
    remove: () => rmSync(options.folder, { recursive: true, force: true }),
  };
}

function openBatch(path: string, mark = 0): Batch {
  const file = openSync(path, mark > 0 ? 'r+' : 'w');
  ftruncateSync(file, mark);
  let buffer = '';
  let count = 0;
  let length = mark;
  const flush = (): void => {
    const bytes = Buffer.from(buffer);
    for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written, bytes.length - written, length + written);
    length += bytes.length;
    buffer = '';
  };
  const addText = (name: string, labels: string, time: number, value: number): void => {
    buffer += `${name}${labels} ${valueText(value)} ${time}\n`;
    count++;
    if (buffer.length >= BUFFER) flush();
  };
  return {
    addText,
    add: (name, labels, time, value) => addText(name, labelText(labels), time, value),
    mark() {
      flush();
      fsyncSync(file);
      return length;
    },
    close() {
      buffer += '# EOF\n';
      flush();
      closeSync(file);
      return count;
    },
  };
}

async function start(
  options: StoreOptions,
  configuration: string,
  data: string,
): Promise<{ stop(): Promise<void>; client: PrometheusClient }> {
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const words = [
    `--config.file=${configuration}`,
    `--storage.tsdb.path=${data}`,
    '--storage.tsdb.retention.time=100y',
    `--web.listen-address=${address}`,
    `--query.lookback-delta=${Math.ceil(options.lookback)}s`,
    '--query.max-samples=500000000',
    '--log.level=warn',
  ];
  const child = startProgram(options.prometheus, words, options.environment);
  if (child.pid !== undefined) writeFileSync(join(options.folder, PROMETHEUS_FILE), `${child.pid}\n`);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code) => resolve(`exit code ${code}: ${said.trim()}`));
  });
  const client = createPrometheusClient({
    url: `http://${address}`,
    timeoutSeconds: 300,
    headers: {},
    sleep: options.sleep,
    random: options.random,
    tries: 1,
  });
  const give = { client, stop: async () => void (child.kill('SIGTERM'), await ended) };
  for (let waited = 0; waited < START_SECONDS; waited += 0.1) {
    const end = await Promise.race([
      ended,
      client.ready().then(
        () => true,
        () => false,
      ),
    ]);
    if (end === true) return give;
    if (end !== false) throw new StoreError(`${options.prometheus.path}: ${end}`);
    await options.sleep(0.1);
  }
  await give.stop();
  throw new StoreError(`${options.prometheus.path}: got no answer for ${START_SECONDS} s; ${said.trim()}`);
}

function startProgram({ path, args = [], environment = {} }: Executable, words: readonly string[], inherited: StoreOptions['environment']) {
  return spawn(path, [...args, ...words], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...inherited, ...environment } });
}

function run(program: Executable, words: readonly string[], inherited: StoreOptions['environment']): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = startProgram(program, words, inherited);
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
    child.once('error', (error) => reject(new StoreError(`${program.path}: ${error.message}`, { cause: error })));
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new StoreError(`${program.path}: exit code ${code}: ${said.trim()}`))));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
