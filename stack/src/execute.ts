import { spawn } from 'node:child_process';

export interface ExecuteOptions {
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Seconds after which the program is ended; two minutes unless told. */
  readonly timeout?: number;
  /** Exit codes that count as success besides 0. */
  readonly accept?: readonly number[];
}

export interface Executed {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/**
 * Runs a program to its end and gives back what it printed.
 * @throws Error with the command, its exit code and the last lines it printed, when it fails, cannot be run, or takes too long.
 */
export function execute(program: string, args: readonly string[], options: ExecuteOptions = {}): Promise<Executed> {
  const { timeout = 120, accept = [] } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.folder,
      env: options.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeout * 1000,
      killSignal: 'SIGKILL',
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.on('error', (cause) => reject(new Error(`cannot run ${program}: ${cause.message}`, { cause })));
    child.on('close', (code, signal) => {
      const executed = { code: code ?? -1, output: Buffer.concat(output).toString(), errors: Buffer.concat(errors).toString() };
      if (code === 0 || (code !== null && accept.includes(code))) resolve(executed);
      else reject(new Error(`${commandLine(program, args)} ended with ${ending(code, signal, timeout)}: ${lastWords(executed)}`));
    });
  });
}

function commandLine(program: string, args: readonly string[]): string {
  const line = [program, ...args].join(' ');
  return line.length > 200 ? `${line.slice(0, 200)} …` : line;
}

function ending(code: number | null, signal: NodeJS.Signals | null, timeout: number): string {
  if (code !== null) return `exit code ${code}`;
  return signal === 'SIGKILL' ? `SIGKILL (it may take ${timeout} s)` : `${signal}`;
}

function lastWords({ output, errors }: Executed): string {
  const lines = `${output}\n${errors}`.split('\n').filter((line) => line.trim() !== '');
  return lines.length === 0 ? 'it printed nothing' : lines.slice(-6).join('\n');
}
