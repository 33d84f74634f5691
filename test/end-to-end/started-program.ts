import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UnversionedProgram } from '../../stack/src/binaries/program.ts';

/** A real program that a test has started on a port of its own. */
export interface StartedProgram {
  readonly port: number;
  readonly url: string;
  readonly pid: number;
  /** What it has said so far on both streams; of very much, the end. */
  said(): string;
  /** Whether it still runs. */
  runs(): boolean;
  /** Ends it: SIGTERM, or SIGKILL where it must not say goodbye. Resolves when it is gone. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Sends SIGHUP. */
  hangUp(): void;
}

export interface StartOptions {
  readonly args: (port: number) => readonly string[];
  /** Whether it is ready to be used. */
  readonly ready: (url: string, port: number) => Promise<boolean>;
  /** Default: a free one. */
  readonly port?: number | undefined;
  /** Address that it listens on. Default 127.0.0.1. */
  readonly host?: string;
  /** Seconds within which it must be ready. Default 60. */
  readonly within?: number;
  /** More of the environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Letters of the output that are kept. */
const mostSaid = 4_000_000;

/** Starts a program on a free loopback port and waits until it is ready. Throws what it said where it ends before. */
export async function startProgram(program: UnversionedProgram, options: StartOptions): Promise<StartedProgram> {
  const { args, ready, host = '127.0.0.1' } = options;
  const port = options.port ?? (await freePort());
  const child = spawn(program.path, [...program.args, ...args(port)], {
    env: { ...process.env, ...program.environment, ...options.environment },
    ...(program.folder === undefined ? {} : { cwd: program.folder }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const listen = (piece: Buffer): void => void (said = (said + piece.toString()).slice(-mostSaid));
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://${host}:${port}`;
  const runs = (): boolean => child.exitCode === null && child.signalCode === null;
  const stop = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  try {
    await until(async () => !runs() || (await ready(url, port)), options.within ?? 60, program.path);
    if (!runs()) throw new Error(`${program.path} ended: ${said.slice(-4000)}`);
  } catch (error) {
    await stop('SIGKILL');
    throw error;
  }
  return { port, url, pid: child.pid ?? 0, said: () => said, runs, stop, hangUp: () => void child.kill('SIGHUP') };
}

/** Waits until `condition` holds; rejects after so many seconds. A condition that throws does not hold yet, unless the time is up. */
export async function until(condition: () => boolean | Promise<boolean>, seconds: number, what: string): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  for (let last: unknown; ; await sleep(30)) {
    try {
      if (await condition()) return;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw new Error(`${what}: not within ${seconds} s`, { cause: last });
  }
}

/** Whether something listens on a loopback port. */
export function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1', () => {
      socket.end();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** Whether a GET is answered with 200. */
export async function answers(url: string): Promise<boolean> {
  return (await fetch(url)).ok;
}

/** A server on a loopback port of its own. */
export interface TestServer {
  readonly url: string;
  readonly address: string;
  readonly close: () => Promise<void>;
}

/** Serves with whole bodies, on loopback unless told otherwise. */
export async function serve(
  answer: (request: IncomingMessage, body: Buffer, response: ServerResponse) => void,
  host = '127.0.0.1',
): Promise<TestServer> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => answer(request, Buffer.concat(parts), response));
  });
  const port = await listenOn(server, 0, host);
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://${host}:${port}`, address: `${host}:${port}`, close };
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOn(server, 0);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listenOn(server: Server, port: number, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
