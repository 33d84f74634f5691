import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UnversionedProgram } from '../../stack/src/binaries/program.ts';
import { isReady, presageScript } from '../end-to-end/started-parts.ts';
import { type StartedProgram, startProgram } from '../end-to-end/started-program.ts';
import { type FakePrometheus, type FakeSeries, serveFakePrometheus } from './fake-prometheus.ts';
import { compareState, type StateVerdict } from './polled-state.ts';

/** A sidecar that polls a Prometheus which is played, so that every value that it must have is known. */
export interface PolledRig {
  readonly folder: string;
  readonly storage: string;
  readonly fake: FakePrometheus;
  readonly sidecar: StartedProgram;
  /** The value of a line of /metrics by all that stands before it; 0 where there is none. */
  metric(line: string): Promise<number>;
  /** Ends the sidecar, with SIGKILL where `signal` says so, and starts it anew on what it saved. */
  restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Ends the sidecar in good order and compares what it learnt of the watch `m` with a run that nothing disturbed. */
  verdict(): Promise<StateVerdict>;
  stop(): Promise<void>;
}

export interface PolledOptions {
  /** More watches, as entries of the list in YAML, and the sections before it. */
  readonly watches?: string;
  readonly sections?: string;
  /** What the server has beside the series of `m`, by expression. */
  readonly series?: Readonly<Record<string, (time: number) => readonly FakeSeries[]>>;
  /** What starts the sidecar, given node and its words: itself, or a program that runs it under some limit. */
  readonly run?: (words: readonly string[]) => readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly storage?: string;
  /** Addresses of the server and of the sidecar where they are not on loopback. */
  readonly hosts?: { readonly server: string; readonly sidecar: string };
  readonly flags?: readonly string[];
}

/** Series of the watch `m`: noise, with a burst of three seconds now and then. */
export const seriesCount = 10;
export const watchM =
  '{ name: m, expr: m, live: false, step: 1s, history: 10m, horizon: 1m, refit: 5m, delay: 1s, forecaster: seasonal-naive, detection: { quiet: 1s } }';

/** The value of a series of `m` at a Unix second. */
export function valueOf(series: number, time: number): number {
  const second = Math.round(time);
  const noise = ((series * 7919 + (second % 100_003) * 104_729) % 1009) / 1009;
  return 50 + noise + ((second + 3 * series) % 90 < 3 ? 3000 : 0);
}

const seriesOfM: readonly FakeSeries[] = Array.from({ length: seriesCount }, (_, i) => ({
  labels: { __name__: 'm', series: String(i) },
  at: (time) => valueOf(i, time),
}));

/** Starts both and waits until the sidecar has asked for everything once. */
export async function startPolledRig(options: PolledOptions = {}): Promise<PolledRig> {
  const folder = mkdtempSync(join(tmpdir(), 'presage-faults-'));
  const storage = options.storage ?? join(folder, 'state');
  mkdirSync(storage, { recursive: true });
  const fake = await serveFakePrometheus({ m: () => seriesOfM, ...options.series }, options.hosts?.server);
  const configuration = configurationOf(fake.url, options);
  writeFileSync(`${folder}/presage.yml`, configuration);
  const [path, ...words] = (options.run ?? ((own) => own))([process.execPath, presageScript, 'run']);
  const program: UnversionedProgram = { path, args: words, environment: options.environment ?? {}, origin: 'build' };
  const host = options.hosts?.sidecar ?? '127.0.0.1';
  const start = (port?: number): Promise<StartedProgram> =>
    startProgram(program, {
      host,
      ...(port === undefined ? {} : { port }),
      args: (own) => [
        `--config.file=${folder}/presage.yml`,
        `--storage.path=${storage}`,
        '--storage.save-interval=1s',
        `--web.listen-address=${host}:${own}`,
        ...(options.flags ?? []),
      ],
      ready: isReady,
    });
  let sidecar = await start();
  return {
    folder,
    storage,
    fake,
    get sidecar() {
      return sidecar;
    },
    metric: (line) => metricOf(sidecar, line),
    async restart(signal) {
      await sidecar.stop(signal);
      sidecar = await start(sidecar.port);
    },
    async verdict() {
      await sidecar.stop();
      return compareState(join(storage, 'watches/m.state'), configuration, valueOf);
    },
    async stop() {
      if (sidecar.runs()) await sidecar.stop('SIGKILL');
      await fake.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The value of a line of /metrics by all that stands before it; 0 where there is none. */
export async function metricOf({ url }: Pick<StartedProgram, 'url'>, line: string): Promise<number> {
  return valueIn(await (await fetch(`${url}/metrics`)).text(), line);
}

/** The value of a line of a page of metrics by all that stands before it; 0 where there is none. */
export function valueIn(text: string, line: string): number {
  const page = `\n${text}`;
  const start = page.indexOf(`\n${line} `);
  return start < 0 ? 0 : Number.parseFloat(page.slice(start + line.length + 2, start + line.length + 40));
}

function configurationOf(url: string, { watches = '', sections = '' }: PolledOptions): string {
  return `
prometheus: { url: "${url}", timeout: 2s }
${sections}
watches:
  - ${watchM}
${watches}
`;
}
