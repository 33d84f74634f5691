import { Worker } from 'node:worker_threads';
import type { PluginFit, PluginJob } from './job.ts';
import type { Answer, WorkerData } from './messages.ts';
import { MissingPackage, type PluginSettings } from './plugin.ts';

export interface HostOptions {
  /** The built worker. */
  readonly worker: URL;
  /** Monotonic seconds. */
  readonly clock: () => number;
}

/** Seconds that loading may take at least: a package of TensorFlow's size is read from disk. */
const LOADING = 60;
/** Jobs after which a worker is replaced: some libraries keep memory for ever. */
const MOST_JOBS = 200;
/** Workers lost one after the other, and the seconds of rest that follow. */
const MOST_LOST = 3;
const REST = 600;

/** Runs the jobs of one model in a worker of its own, one after the other. Starts it when first asked, and anew after it hung, crashed, or did its share. */
export class PluginHost {
  readonly name: string;
  readonly #settings: PluginSettings;
  readonly #options: HostOptions;
  #worker: Worker | undefined;
  /** Jobs of this worker. */
  #jobs = 0;
  /** Workers lost since the last one that answered, and why the last one was. */
  #lost = 0;
  #why = '';
  #restUntil = -Infinity;
  #closed = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(settings: PluginSettings, options: HostOptions) {
    this.name = settings.name;
    this.#settings = settings;
    this.#options = options;
  }

  /** Loads the plug-in. Rejects with a MissingPackage where one is not installed, and with an Error that says what else is wrong. */
  load(): Promise<void> {
    return this.#inTurn(async () => void (await this.#ready()));
  }

  /** Forecasts a series when its turn comes. Rejects with an Error that says why there is no forecast. */
  fit(job: PluginJob): Promise<PluginFit> {
    return this.#inTurn(() => this.#run(job));
  }

  /** Ends the worker, whatever it does; there is no other after it. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#stop();
  }

  async #stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(task, task);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #run(job: PluginJob): Promise<PluginFit> {
    const worker = await this.#ready();
    this.#jobs++;
    worker.postMessage({ job });
    const said = await this.#next(worker, this.#settings.timeout, 'forecast a series');
    this.#lost = 0;
    if (said.kind === 'fit') return said.fit;
    throw new Error(said.kind === 'failed' ? said.text : `${this.name}: got ${said.kind} for an answer`);
  }

  async #ready(): Promise<Worker> {
    if (this.#closed) throw new Error(`${this.name}: closed`);
    if (this.#worker && this.#jobs >= MOST_JOBS) await this.#stop();
    if (this.#worker) return this.#worker;
    if (this.#options.clock() < this.#restUntil) throw new Error(`${this.#why} (tried ${MOST_LOST} times, again after ten minutes)`);
    const worker = startWorker(this.#settings, this.#options.worker);
    // It may also end between two jobs.
    worker
      .on('error', () => undefined)
      .on('exit', () => {
        if (this.#worker === worker) this.#worker = undefined;
      });
    this.#worker = worker;
    this.#jobs = 0;
    const said = await this.#next(worker, Math.max(LOADING, this.#settings.timeout), 'load');
    if (said.kind === 'ready') return worker;
    const text = said.kind === 'unloadable' ? said.text : `${this.name}: got ${said.kind} for being ready`;
    await this.#lose(text);
    throw said.kind === 'unloadable' && said.missing ? new MissingPackage(text) : new Error(text);
  }

  /** What the worker says next. A worker that says nothing, or ends, is lost. */
  async #next(worker: Worker, seconds: number, what: string): Promise<Answer> {
    try {
      return await answerOf(this.#settings, worker, seconds, what);
    } catch (error) {
      await this.#lose(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  async #lose(why: string): Promise<void> {
    this.#why = why;
    if (++this.#lost >= MOST_LOST) {
      this.#restUntil = this.#options.clock() + REST;
      this.#lost = 0;
    }
    await this.#stop();
  }
}

function startWorker({ name, plugin, file = '', timeout, memory }: PluginSettings, url: URL): Worker {
  const workerData: WorkerData = { name, plugin, file, timeout };
  // No environment, so that secrets stay here; its output is not ours to log.
  const worker = new Worker(url, { workerData, env: {}, stdout: true, stderr: true, resourceLimits: { maxOldGenerationSizeMb: memory } });
  worker.stdout.resume();
  worker.stderr.resume();
  worker.unref();
  return worker;
}

/** The next message of a worker; rejects where it hangs, runs out of memory, throws out of turn or ends. */
function answerOf({ name, memory }: PluginSettings, worker: Worker, seconds: number, what: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      finish();
    };
    const refuse = (text: string) => settle(() => reject(new Error(`${name}: ${text}`)));
    const onMessage = (said: Answer) => settle(() => resolve(said));
    const onError = (error: Error & { readonly code?: string }) =>
      refuse(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? `ran out of memory, want it within ${memory} MiB`
          : `ended by an error: ${error.message}`,
      );
    const onExit = (code: number) => refuse(`ended itself with code ${code} when asked to ${what}`);
    const timer = setTimeout(() => refuse(`took more than ${seconds} s to ${what}`), seconds * 1000);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}
