import { fileURLToPath } from 'node:url';
import { findSuite, findTestProgram, prometheusProduct } from '../../stack/src/binaries.ts';
import type { UnversionedProgram } from '../../stack/src/binaries/program.ts';
import { type Executed, execute } from '../../stack/src/execute.ts';
import { testMachine } from '../contract/machine.ts';
import { answers, connects, type StartedProgram, startProgram, type StartOptions } from './started-program.ts';

/** The script of `presage`, as built. */
export const presageScript = fileURLToPath(new URL('../../ml-sidecar/bin/presage.js', import.meta.url));

/** Runs a command of `presage` to its end, while what a test serves itself is served on. An end with 1 is one as well. */
export const runPresage = (...words: readonly string[]): Promise<Executed> =>
  execute(process.execPath, [presageScript, ...words], { accept: [1] });

/** One of the commands of `presage` that goes on until it is stopped. */
export const presage = (command: 'run' | 'worker'): UnversionedProgram => ({
  path: process.execPath,
  args: [presageScript, command],
  environment: {},
  origin: 'build',
});

/** How a part may differ from the usual; `flags` come after the usual ones. */
export interface PartOptions extends Partial<Pick<StartOptions, 'port' | 'environment' | 'ready'>> {
  readonly flags?: readonly string[];
}

/** Of a sidecar, also its files: the configuration (default presage.yml) and the folder of its state (default sidecar). */
export interface SidecarOptions extends PartOptions {
  readonly configuration?: string;
  readonly state?: string;
}

/** Whether a part says that it is ready. */
export const isReady = (url: string): Promise<boolean> => answers(`${url}/-/ready`);

/** A sidecar whose files are below `folder`; waits until it is ready. */
export function startSidecar(folder: string, options: SidecarOptions = {}): Promise<StartedProgram> {
  const { configuration = 'presage.yml', state = 'sidecar', flags = [] } = options;
  return startPresage('run', {
    ...options,
    flags: [`--config.file=${folder}/${configuration}`, `--storage.path=${folder}/${state}`, ...flags],
  });
}

/** A worker of the queue that `flags` name; waits until it is ready. */
export function startWorker(options: PartOptions): Promise<StartedProgram> {
  return startPresage('worker', { ...options, flags: ['--threads=1', ...(options.flags ?? [])] });
}

function startPresage(command: 'run' | 'worker', { flags = [], ...options }: PartOptions): Promise<StartedProgram> {
  const args = (port: number): readonly string[] => [...flags, `--web.listen-address=127.0.0.1:${port}`];
  return startProgram(presage(command), { ready: isReady, ...options, args });
}

/** A Prometheus on `prometheus.yml` of a folder, with its blocks in `tsdb` there; waits until it is ready. */
export async function startPrometheus(folder: string, { flags = [], ...options }: PartOptions = {}): Promise<StartedProgram> {
  const { server } = await findSuite(testMachine(), prometheusProduct);
  const args = (port: number): readonly string[] => [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/tsdb`,
    `--web.listen-address=127.0.0.1:${port}`,
    ...flags,
  ];
  return startProgram(server, { ready: isReady, ...options, args });
}

/** A Redis that keeps nothing unless told; waits until it takes connections. */
export async function startRedis(folder: string, { flags = [], ...options }: PartOptions = {}): Promise<StartedProgram> {
  const program = await findTestProgram(testMachine(), 'redis-server');
  const usual = (port: number) => ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  return startProgram(program, { ready: (_url, port) => connects(port), ...options, args: (port) => [...usual(port), ...flags] });
}
