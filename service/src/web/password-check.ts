import type { Worker } from 'node:worker_threads';
import { nodeWorkerThreads } from '../lazy-node.ts';

/** Compares a password with a bcrypt hash. Rejects when too many comparisons wait or the worker died. */
export type PasswordCheck = (password: string, hash: string) => Promise<boolean>;

/** More waiting logins than this is an attack or a mistake: at 100 ms each, the last would wait for more than 5 seconds. */
const MOST_WAITING = 64;

/**
 * A password check in a worker thread, which starts with the first comparison, does one at a time, and does not keep the
 * program alive. `workerUrl` is the built bcrypt.worker.js.
 */
export function createPasswordCheck(workerUrl: URL): { readonly check: PasswordCheck; close(): Promise<void> } {
  const waiting = new Map<number, { resolve(matches: boolean): void; reject(error: Error): void }>();
  let worker: Worker | undefined;
  let lastId = 0;
  const fail = (error: Error) => {
    worker = undefined;
    for (const login of waiting.values()) login.reject(error);
    waiting.clear();
  };
  const start = () => {
    const started = new (nodeWorkerThreads().Worker)(workerUrl);
    started.unref();
    started.on('message', ({ id, matches }: { readonly id: number; readonly matches: boolean }) => {
      waiting.get(id)?.resolve(matches);
      waiting.delete(id);
    });
    started.on('error', fail);
    started.on('exit', () => fail(new Error('the password worker ended')));
    return started;
  };
  return {
    check: (password, hash) => {
      if (waiting.size >= MOST_WAITING) return Promise.reject(new Error(`${waiting.size} logins are waiting`));
      const id = (lastId += 1);
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        worker ??= start();
        worker.postMessage({ id, password, hash });
      });
    },
    close: async () => {
      await worker?.terminate();
    },
  };
}
