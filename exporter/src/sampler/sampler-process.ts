import { nodeChildProcess } from '@presage/service/lazy-node.ts';
import type { ChildProcess } from 'node:child_process';
import type { SourceName } from './sources.ts';

/** Answers the sampler's questions in a process of its own. */
export interface SamplerProcess {
  /** Rejects after `timeout` seconds, and kills the process with all that it started; the next question gets a new one. */
  ask(source: SourceName, timeout: number): Promise<unknown>;
  /** The process that lives now, for tests. */
  readonly processId: number | undefined;
  close(): void;
}

/** The parts of a process that only main.ts may touch. */
export interface SamplerProcessOptions {
  /** The built sampler.worker.js. */
  readonly worker: URL;
  /**
   * Kills a process with its descendants, throwing ESRCH where there are none; undefined where the system has no groups of processes,
   * so that it alone is killed.
   */
  readonly endGroup: ((processId: number) => void) | undefined;
}

const SMALL = ['--max-old-space-size=96', '--max-semi-space-size=1', '--v8-pool-size=0'];

/** Forks at the first question, one question at a time. */
export function createSamplerProcess({ worker, endGroup }: SamplerProcessOptions): SamplerProcess {
  let child: ChildProcess | undefined;
  let waiting: Waiting | undefined;
  const end = (error: Error) => {
    const ended = child;
    child = undefined;
    waiting?.reject(error);
    ended?.kill('SIGKILL');
    if (ended?.pid !== undefined && endGroup !== undefined) unlessGone(endGroup, ended.pid);
  };
  const begin = () => {
    const begun = nodeChildProcess().fork(worker, [], {
      execArgv: SMALL,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      detached: endGroup !== undefined,
    });
    const lost = (error: Error) => {
      if (begun === child) end(error);
    };
    begun.on('message', (message) => {
      if (begun === child && isAnswer(message)) deliver(message, waiting);
    });
    begun.on('error', lost);
    begun.on('exit', () => lost(new Error('the sampling process ended')));
    begun.unref();
    begun.channel?.unref();
    return begun;
  };
  return {
    ask: (source, timeout) => {
      const asked = (child ??= begin());
      const timer = setTimeout(() => end(new Error(`${source}: no answer within ${timeout} s`)), timeout * 1000);
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        asked.send(source, (error) => {
          if (error !== null && asked === child) end(error);
        });
      }).finally(() => {
        clearTimeout(timer);
        waiting = undefined;
      });
    },
    get processId() {
      return child?.pid;
    },
    close: () => end(new Error('closed')),
  };
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string };

function isAnswer(message: unknown): message is Answer {
  return typeof message === 'object' && message !== null && 'ok' in message;
}

function deliver(answer: Answer, waiting: Waiting | undefined): void {
  if (answer.ok) waiting?.resolve(answer.value);
  else waiting?.reject(new Error(answer.error));
}

/** Of a process that has ended, nothing may be left to kill. */
function unlessGone(endGroup: (processId: number) => void, processId: number): void {
  try {
    endGroup(processId);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
