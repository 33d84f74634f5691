import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { commandLineOf } from '../../stack/src/processes/command-line.ts';
import { readPidFile } from '../../stack/src/processes/pid-file.ts';
import { waitFor } from '../../stack/src/wait.ts';

const main = new URL('../../stack/dist/main.js', import.meta.url).pathname;
const running = new Set<StackProcess>();

/** The stack as a user starts it: a process with a terminal's output, and the processes that it starts. */
export class StackProcess {
  readonly data: string;
  readonly process: ChildProcess;
  output = '';
  readonly exited: Promise<number | null>;

  constructor(command: 'start' | 'demo', data = newDataFolder()) {
    this.data = data;
    this.process = spawn(process.execPath, [main, command, '--data', data], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.process.stdout, this.process.stderr])
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.exited = new Promise((resolve) => this.process.once('exit', (code) => resolve(code)));
    running.add(this);
  }

  /** Waits until its output matches, and gives the match. */
  async says(pattern: RegExp, deadline: number): Promise<RegExpExecArray> {
    const { exitCode } = this.process;
    return await waitFor(() => Promise.resolve(pattern.exec(this.output) ?? undefined), {
      what: `${pattern} (exit code ${exitCode}) in:\n${this.output}`,
      deadline,
    }).catch((error: unknown) => {
      throw new Error(`waited ${deadline} s for ${pattern} in:\n${this.output}`, { cause: error });
    });
  }

  /** Base address of a part, as the table of the stack gives it. */
  address(title: 'Prometheus' | 'Alertmanager' | 'Presage' | 'Exporter'): string {
    const found = new RegExp(`^  ${title} +(http://127\\.0\\.0\\.1:\\d+)/`, 'm').exec(this.output)?.[1];
    if (found === undefined) throw new Error(`no address of ${title} in:\n${this.output}`);
    return found;
  }

  /** Process ids of its children by name, from its pid file. */
  pids(): Readonly<Record<string, number>> {
    return Object.fromEntries((readPidFile(this.data)?.children ?? []).map(({ name, pid }) => [name, pid]));
  }

  /** The result of an instant query. */
  async query(expression: string): Promise<readonly QuerySample[]> {
    const url = `${this.address('Prometheus')}/api/v1/query?query=${encodeURIComponent(expression)}`;
    const answer: { data: { result: QuerySample[] } } = JSON.parse(await (await fetch(url)).text());
    return answer.data.result;
  }
}

export interface QuerySample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

export const newDataFolder = (): string => mkdtempSync(path.join(tmpdir(), 'presage-stack-'));

export const isAlive = (pid: number): boolean => commandLineOf(pid, process.platform) !== undefined;

/** Ends every stack of a test file and whatever a failed test left behind. */
export async function endStacks(): Promise<void> {
  for (const stack of running) {
    const children = Object.values(stack.pids());
    if (stack.process.exitCode === null && stack.process.signalCode === null) {
      stack.process.kill('SIGINT');
      await stack.exited;
    }
    for (const pid of children.filter(isAlive)) process.kill(-pid, 'SIGKILL');
  }
  running.clear();
}
