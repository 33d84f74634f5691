import { nodeChildProcess } from '@presage/service/lazy-node.ts';
import type { ChildProcess } from 'node:child_process';
import { isBusReplyList, isFileSystemStatus, isFileText, isNameList, isReply } from './helper-protocol.ts';
import type { BusCall, BusReply, FileSystemStatus, FileText, Reply, Request } from './helper-protocol.ts';

/**
 * Does what may hang in a process of its own, forked at the first use and killed when something in it hangs. Every call ends
 * within `timeout` seconds. A path that hung answers at once with a HelperTimeout from then on, while it is tried again in the
 * background, so that only the first scrape waits for it.
 */
export interface Helper {
  /** statfs(2). Throws HelperTimeout, or Error with the system's message. */
  statfs(path: string, timeout: number): Promise<FileSystemStatus>;
  /** The names in a folder, sorted. Throws as statfs. */
  list(path: string, timeout: number): Promise<readonly string[]>;
  /** A file of at most `most` bytes (default 16 MiB). Throws as statfs. */
  read(path: string, timeout: number, most?: number): Promise<FileText>;
  /**
   * Calls methods over the D-Bus message bus at an address such as `unix:path=/run/dbus/system_bus_socket`, many at a time; replies in
   * the order of the calls. Throws as statfs where the bus cannot be reached; a call that fails is a reply with an error.
   */
  bus(address: string, calls: readonly BusCall[], timeout: number): Promise<readonly BusReply[]>;
  /** Process ids that are alive now, for tests and for the landing page. */
  readonly processes: readonly number[];
  /** Kills what is left. */
  close(): void;
}

/** The path did not answer in time, this time or an earlier one. */
export class HelperTimeout extends Error {
  override readonly name = 'HelperTimeout';
}

interface Pending {
  readonly key: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
  /** Already answered with a HelperTimeout; only the process still waits. */
  overdue: boolean;
}

interface Worker {
  readonly child: ChildProcess;
  readonly pending: Map<number, Pending>;
  /** Something hangs in it: it gets no new work and is killed when the rest has answered. */
  retired: boolean;
}

type Question = Request extends infer R ? (R extends { readonly id: number } ? Omit<R, 'id'> : never) : never;

/** Processes that a kill did not end (a disk in state D) are not replaced without limit. */
const MOST_PROCESSES = 4;
/** Seconds until a path that hung is tried again in the background, and for how long it may then take. */
const RETRY_SECONDS = 60;
const SMALL = ['--max-old-space-size=64', '--max-semi-space-size=1', '--v8-pool-size=0'];

/** A helper whose process is the built file `worker` (helper.worker.js). Nothing is forked until something is asked. */
export function createHelper(worker: URL): Helper {
  const processes = new HelperProcesses(worker);
  return {
    statfs: (path, timeout) => processes.ask({ operation: 'statfs', path }, timeout, isFileSystemStatus),
    list: (path, timeout) => processes.ask({ operation: 'list', path }, timeout, isNameList),
    read: (path, timeout, most = 16 * 1024 * 1024) => processes.ask({ operation: 'read', path, most }, timeout, isFileText),
    bus: (path, calls, timeout) => processes.ask({ operation: 'bus', path, calls }, timeout, isBusReplyList),
    get processes() {
      return processes.ids;
    },
    close: () => processes.close(),
  };
}

class HelperProcesses {
  readonly #file: URL;
  readonly #workers = new Set<Worker>();
  /** When to try again what hung, on performance.now()'s clock. */
  readonly #stuck = new Map<string, number>();
  #nextId = 1;

  constructor(file: URL) {
    this.#file = file;
  }

  get ids(): readonly number[] {
    return [...this.#workers].map((each) => each.child.pid).filter((pid) => pid !== undefined);
  }

  close(): void {
    for (const each of this.#workers) each.child.kill('SIGKILL');
  }

  async ask<T>(question: Question, timeout: number, isRight: (value: unknown) => value is T): Promise<T> {
    const value = await this.#tryUnlessStuck(question, timeout);
    if (!isRight(value)) throw new Error(`${question.operation} ${question.path}: the helper answered with something else`);
    return value;
  }

  #tryUnlessStuck(question: Question, timeout: number): Promise<unknown> {
    const key = `${question.operation} ${question.path}`;
    const retryAt = this.#stuck.get(key);
    if (retryAt === undefined) return this.#send(question, key, timeout);
    if (performance.now() >= retryAt) {
      this.#stuck.set(key, performance.now() + RETRY_SECONDS * 1000);
      this.#send(question, key, RETRY_SECONDS / 4).catch(() => undefined);
    }
    return Promise.reject(new HelperTimeout(`${key}: hung before, tried again once a minute`));
  }

  #send(question: Question, key: string, timeout: number): Promise<unknown> {
    const ready = [...this.#workers].find((each) => !each.retired);
    if (ready === undefined && this.#workers.size >= MOST_PROCESSES)
      return Promise.reject(new HelperTimeout(`${key}: ${this.#workers.size} processes hang already`));
    const to = ready ?? this.#start();
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#overdue(to, pending), timeout * 1000);
      const pending: Pending = { key, resolve, reject, overdue: false, timer };
      to.pending.set(id, pending);
      to.child.send({ ...question, id }, (error) => {
        if (error !== null) this.#end(to, error);
      });
    });
  }

  #start(): Worker {
    const child = nodeChildProcess().fork(this.#file, [], {
      execArgv: SMALL,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { UV_THREADPOOL_SIZE: '16' },
    });
    const started: Worker = { child, pending: new Map(), retired: false };
    this.#workers.add(started);
    child.on('message', (message) => {
      if (isReply(message)) this.#receive(started, message);
    });
    child.on('error', (error) => this.#end(started, error));
    child.on('exit', () => this.#end(started, new Error('the helper process ended')));
    child.unref();
    child.channel?.unref();
    return started;
  }

  #receive(from: Worker, reply: Reply): void {
    const pending = from.pending.get(reply.id);
    if (pending === undefined) return;
    from.pending.delete(reply.id);
    clearTimeout(pending.timer);
    this.#stuck.delete(pending.key);
    if (reply.ok) pending.resolve(reply.value);
    else pending.reject(new Error(reply.error));
    killIfDone(from);
  }

  #overdue(from: Worker, pending: Pending): void {
    pending.overdue = true;
    from.retired = true;
    this.#stuck.set(pending.key, performance.now() + RETRY_SECONDS * 1000);
    pending.reject(new HelperTimeout(`${pending.key}: no answer in time`));
    killIfDone(from);
  }

  #end(ended: Worker, cause: Error): void {
    this.#workers.delete(ended);
    for (const pending of ended.pending.values()) {
      clearTimeout(pending.timer);
      pending.reject(cause);
    }
    ended.pending.clear();
  }
}

/** A process in which something hangs is killed once everything else in it has answered. */
function killIfDone(worker: Worker): void {
  if (worker.retired && [...worker.pending.values()].every((pending) => pending.overdue)) worker.child.kill('SIGKILL');
}
