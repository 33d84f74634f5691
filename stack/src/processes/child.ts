import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { answers, waitFor } from '../wait.ts';

/** How to start one child of the stack and to tell that it is well. */
export interface ChildPlan {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Its output goes to the end of this file. */
  readonly log: string;
  /** Answers 200 once it is ready. */
  readonly readyUrl: string;
  /** Seconds that it may take to be ready, and to end after SIGTERM. */
  readonly startDeadline: number;
  readonly stopDeadline: number;
}

/** What the stack is told of a child. */
export interface ChildEvents {
  /** After every start: the process has another pid. */
  readonly started: () => void;
  readonly say: (line: string) => void;
}

/** Seconds between the death of a child and its restart: doubled with each death, reset once it lived for a minute. */
export const backOff = { first: 1, last: 30, reset: 60 } as const;

/**
 * A child process that is started anew whenever it ends, until it is stopped. It leads a process group of its own, so that Ctrl-C in a
 * terminal reaches the stack alone, which then ends its children in order.
 */
export class Child {
  readonly plan: ChildPlan;
  readonly #events: ChildEvents;
  #process: ChildProcess | undefined;
  #pause: number = backOff.first;
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(plan: ChildPlan, events: ChildEvents) {
    this.plan = plan;
    this.#events = events;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /**
   * Starts it for the first time and waits until it is ready. From then on it is restarted when it ends.
   * @throws Error with the end of its log when it ends before, or is not ready in time.
   */
  async start(): Promise<void> {
    const aborted = new AbortController();
    const { name, log, startDeadline } = this.plan;
    const process = this.#spawn();
    const early = (finding: string): void =>
      aborted.abort(new Error(`${name} ${finding} before it was ready. The end of ${log}:\n${lastLines(log)}`));
    const onExit = (code: number | null, signal: NodeJS.Signals | null): void => early(`ended with ${signal ?? `exit code ${code}`}`);
    process.once('exit', onExit);
    process.once('error', (error) => early(`could not be started (${error.message})`));
    await this.#ready(aborted.signal).catch((cause: unknown) => {
      if (aborted.signal.aborted) throw cause;
      throw new Error(`${name} was not ready within ${startDeadline} s. The end of ${log}:\n${lastLines(log)}`, { cause });
    });
    process.off('exit', onExit);
    if (process.exitCode !== null || process.signalCode !== null) onExit(process.exitCode, process.signalCode);
    aborted.signal.throwIfAborted();
    this.#guard(process, Date.now());
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** Ends it for good: SIGTERM, after the deadline SIGKILL, and whatever it left in its process group. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const process = this.#process;
    if (process?.pid === undefined || process.exitCode !== null || process.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => process.once('exit', () => resolve()));
    process.kill('SIGTERM');
    const timer = setTimeout(() => process.kill('SIGKILL'), this.plan.stopDeadline * 1000);
    await ended;
    clearTimeout(timer);
  }

  #spawn(): ChildProcess {
    const { command, args, folder, environment, log } = this.plan;
    mkdirSync(path.dirname(log), { recursive: true });
    if (existsSync(log) && statSync(log).size > 10_000_000) renameSync(log, `${log}.1`);
    const output = openSync(log, 'a');
    const process = spawn(command, args, { cwd: folder, env: environment, detached: true, stdio: ['ignore', output, output] });
    closeSync(output);
    // At once and never later, when the number may be that of another group.
    process.once('exit', () => {
      if (process.pid !== undefined) killGroup(process.pid);
    });
    this.#process = process;
    this.#events.started();
    return process;
  }

  async #ready(signal: AbortSignal): Promise<void> {
    const { name, readyUrl, startDeadline } = this.plan;
    await waitFor(() => answers(readyUrl), { what: `${name} to answer on ${readyUrl}`, deadline: startDeadline, signal });
  }

  #guard(process: ChildProcess, since: number): void {
    process.once('exit', (code, signal) => {
      if (!this.#stopping) this.#restartLater(signal ?? `exit code ${code}`, (Date.now() - since) / 1000);
    });
  }

  #restartLater(ending: string, lived: number): void {
    const { name, log } = this.plan;
    if (lived >= backOff.reset) this.#pause = backOff.first;
    this.#events.say(`${name} ended with ${ending}; starting it again in ${this.#pause} s (see ${log})`);
    this.#timer = setTimeout(() => this.#restart(), this.#pause * 1000);
    this.#pause = Math.min(backOff.last, this.#pause * 2);
  }

  #restart(): void {
    const since = Date.now();
    const process = this.#spawn();
    const gone = new AbortController();
    process.once('exit', () => gone.abort(new Error('ended')));
    process.once('error', (error) => {
      if (process.pid === undefined) this.#restartLater(error.message, 0);
    });
    this.#guard(process, since);
    this.#ready(gone.signal).then(
      () => this.#events.say(`${this.plan.name} is ready again, ${((Date.now() - since) / 1000).toFixed(1)} s after its restart`),
      (error: unknown) => {
        if (!gone.signal.aborted) this.#events.say(`${this.plan.name} does not answer: ${String(error)}`);
      },
    );
  }
}

/** Ends what is left of a process group; that there is nothing left is the usual case. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) throw error;
  }
}

/** The last lines of a log, for the error of a child that did not start. */
export function lastLines(file: string): string {
  if (!existsSync(file)) return '  (no log)';
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-8);
  return lines.map((line) => `  ${line}`).join('\n');
}
