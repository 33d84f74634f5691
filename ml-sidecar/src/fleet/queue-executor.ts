import { randomUUID } from 'node:crypto';
import { errorText } from '@presage/service/log.ts';
import { Queue } from 'bullmq';
import { endOfAll, type FitExecutor, type FitJob, type FitOutcome } from '../fits/fit-job.ts';
import { jobsAsBlob, outcomesOfBlob } from './fit-blob.ts';
import { connect, type QueueAddress } from './queue-address.ts';
import { fitQueueName, keysOf, type FitTicket } from './fit-ticket.ts';

/** Why a batch was made by own threads although there is a queue. */
export type FallbackReason = 'redis' | 'no_worker' | 'failed' | 'late';

export interface QueueExecutorOptions {
  readonly address: QueueAddress;
  /** Makes the fits while Redis or workers are away. */
  readonly own: FitExecutor;
  /** Monotonic seconds. */
  readonly clock: () => number;
  /** Fits of one job of the queue. Default 100. */
  readonly batch?: number;
  /** Seconds without Redis, or without any worker, after which what is under way is made by own threads. Default 10. */
  readonly patience?: number;
  /** Seconds after which a batch is made by own threads in any case. Default 600. */
  readonly timeout?: number;
  /** Told whenever who makes the fits changes; `why` where it is own threads. */
  readonly onMode?: (mode: 'workers' | 'own', why: string) => void;
  /** Told when there are other workers than at the last look: how many, and how many there were. */
  readonly onWorkers?: (workers: number, before: number) => void;
  /** Told of each batch: made by workers, or why by own threads. */
  readonly onBatch?: (result: 'workers' | FallbackReason, fits: number) => void;
  /** Told of a setting of Redis that puts the queue at risk. */
  readonly onWarning?: (warning: string) => void;
}

/** What the queue looks like from here, as last seen. */
export interface QueueView {
  readonly connected: boolean;
  readonly workers: number;
  /** Jobs by state. */
  readonly jobs: Readonly<Record<string, number>>;
}

/** An executor that hands fits to workers over Redis. */
export interface QueueExecutor extends FitExecutor {
  readonly view: () => QueueView;
}

interface Gathered {
  readonly job: FitJob;
  readonly done: (outcome: FitOutcome) => void;
}

interface Pending {
  readonly id: string;
  readonly items: readonly Gathered[];
  readonly since: number;
}

/** Milliseconds in which jobs are gathered for one batch, and between two looks at the queue. */
const gatherMs = 20;
const lookMs = 2000;
/** Batches ahead of each worker, so that none is idle. */
const ahead = 2;
const mostBatches = 64;
/** What a batch and its outcome may take to be fetched, before Redis forgets them, milliseconds. */
const blobTtlMs = 900_000;

/**
 * Hands fits to whatever workers take them, in batches. Payloads and outcomes are blobs with a time to live, jobs carry their keys. While
 * Redis is away or no worker is there, own threads make the fits; each job has one outcome, whoever made it.
 */
export function createQueueExecutor(options: QueueExecutorOptions): QueueExecutor {
  return new OverRedis(options);
}

class OverRedis implements QueueExecutor {
  readonly #options: Required<Pick<QueueExecutorOptions, 'batch' | 'patience' | 'timeout'>> & QueueExecutorOptions;
  readonly #redis;
  readonly #replies;
  readonly #queue;
  readonly #keys;
  /** List of the ids that are done for this process. */
  readonly #reply;
  readonly #pending = new Map<string, Pending>();
  #gathered: Gathered[] = [];
  #gatherTimer: NodeJS.Timeout | undefined;
  readonly #lookTimer: NodeJS.Timeout;
  #view: QueueView = { connected: false, workers: 0, jobs: {} };
  #able = -Infinity;
  #mode: 'workers' | 'own' = 'own';
  /** Absent before the first look. */
  #told: 'workers' | 'own' | undefined;
  #closed = false;
  #warned = false;
  #looking = false;
  #fault = '';

  constructor(options: QueueExecutorOptions) {
    this.#options = { batch: 100, patience: 10, timeout: 600, ...options };
    const { address } = options;
    this.#keys = keysOf(address.prefix);
    this.#reply = this.#keys.reply(randomUUID());
    const onError = (error: Error): void => void (this.#fault = errorText(error));
    this.#redis = connect(address, { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 10_000 }, onError);
    this.#replies = connect(address, {}, onError);
    this.#queue = new Queue<FitTicket>(fitQueueName, {
      connection: this.#redis,
      prefix: address.prefix,
      skipVersionCheck: true,
      skipWaitingForReady: true,
    });
    this.#queue.on('error', (error) => this.#note(error));
    this.#lookTimer = setInterval(() => void this.#look(), lookMs);
    this.#lookTimer.unref();
    this.#redis.on('ready', () => void this.#look());
    void this.#listen();
  }

  get room(): number {
    const { own, batch } = this.#options;
    return this.#mode === 'own' ? own.room : batch * Math.min(mostBatches, ahead * this.#view.workers + 1);
  }

  readonly view = (): QueueView => this.#view;

  fit(jobs: readonly FitJob[]): Promise<readonly FitOutcome[]> {
    if (this.#closed) return Promise.resolve(endOfAll(jobs));
    if (this.#mode === 'own') return this.#options.own.fit(jobs);
    return Promise.all(jobs.map((job) => new Promise<FitOutcome>((done) => this.#gather({ job, done }))));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#lookTimer);
    clearTimeout(this.#gatherTimer);
    const left = [...this.#gathered, ...[...this.#pending.values()].flatMap(({ items }) => items)];
    this.#gathered = [];
    this.#pending.clear();
    for (const { done } of left) done({ kind: 'ended' });
    this.#replies.disconnect();
    await this.#queue.close().catch((error: unknown) => this.#note(error));
    this.#redis.disconnect();
    await this.#options.own.close();
  }

  #gather(item: Gathered): void {
    this.#gathered.push(item);
    if (this.#gathered.length >= this.#options.batch) this.#flush();
    else this.#gatherTimer ??= setTimeout(() => this.#flush(), gatherMs);
  }

  #flush(): void {
    clearTimeout(this.#gatherTimer);
    this.#gatherTimer = undefined;
    const items = this.#gathered;
    this.#gathered = [];
    if (items.length > 0) void this.#send(items);
  }

  async #send(items: readonly Gathered[]): Promise<void> {
    const id = randomUUID();
    const pending = { id, items, since: this.#options.clock() };
    this.#pending.set(id, pending);
    try {
      const { payload, outcome } = this.#keys;
      await this.#redis.set(payload(id), jobsAsBlob(items.map(({ job }) => job)), 'PX', blobTtlMs);
      const ticket = { payload: payload(id), outcome: outcome(id), reply: this.#reply, ttlMs: blobTtlMs };
      await this.#queue.add('fit', ticket, { jobId: id, attempts: 3, removeOnComplete: true, removeOnFail: { age: 60 } });
    } catch (error) {
      this.#note(error);
      await this.#makeHere(pending, 'redis');
    }
  }

  /** Waits for the ids of what is done, for ever. */
  async #listen(): Promise<void> {
    while (!this.#closed) {
      try {
        const answer = await this.#replies.blpop(this.#reply, 5);
        if (answer) await this.#take(answer[1]);
      } catch (error) {
        if (this.#closed) return;
        this.#note(error);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  /** Takes up the outcomes of a batch, unless own threads have made it meanwhile. */
  async #take(id: string): Promise<boolean> {
    const pending = this.#pending.get(id);
    if (!pending) return true;
    const { payload, outcome } = this.#keys;
    const blob = await this.#redis.getBuffer(outcome(id));
    if (blob === null) return false;
    const outcomes = outcomesOfBlob(blob, pending.items.length);
    if (!this.#pending.delete(id)) return true;
    this.#options.onBatch?.('workers', outcomes.length);
    pending.items.forEach(({ done }, i) => done(outcomes[i]));
    await this.#redis.del(payload(id), outcome(id)).catch((error: unknown) => this.#note(error));
    return true;
  }

  async #makeHere({ id, items }: Pending, reason: FallbackReason): Promise<void> {
    if (!this.#pending.delete(id)) return;
    this.#options.onBatch?.(reason, items.length);
    // Nobody need make what is made here; one that is under way goes on, and its outcome is left to expire.
    if (this.#redis.status === 'ready') void this.#queue.remove(id).catch((error: unknown) => this.#note(error));
    const outcomes = await this.#options.own.fit(items.map(({ job }) => job));
    items.forEach(({ done }, i) => done(outcomes[i]));
  }

  /** Looks how things are: who is there, and what became of what was sent. */
  async #look(): Promise<void> {
    if (this.#closed || this.#looking) return;
    this.#looking = true;
    await this.#lookRound();
    this.#looking = false;
  }

  async #lookRound(): Promise<void> {
    const { clock, patience, timeout } = this.#options;
    try {
      await this.#count();
    } catch (error) {
      this.#note(error);
      this.#view = { ...this.#view, connected: false };
    }
    const { connected, workers } = this.#view;
    const now = clock();
    if (connected && workers > 0) this.#able = now;
    const isAble = now - this.#able < patience;
    if (connected && workers > 0) this.#setMode('workers', '');
    else if (!connected) this.#setMode('own', `Redis is away: ${this.#fault}`);
    else this.#setMode('own', 'no worker is there');
    for (const pending of this.#pending.values()) {
      if (now - pending.since > timeout) void this.#makeHere(pending, 'late');
      else if (!isAble) void this.#makeHere(pending, connected ? 'no_worker' : 'redis');
      else if (connected && now - pending.since > lookMs / 1000) await this.#ask(pending);
    }
  }

  async #count(): Promise<void> {
    if (this.#redis.status !== 'ready') throw new Error(this.#fault || this.#redis.status);
    const [workers, jobs] = await Promise.all([
      this.#queue.getWorkersCount(),
      this.#queue.getJobCounts('waiting', 'active', 'failed', 'delayed'),
    ]);
    const before = this.#view.workers;
    this.#view = { connected: true, workers, jobs };
    if (workers !== before) this.#options.onWorkers?.(workers, before);
    if (this.#warned) return;
    this.#warned = true;
    const policy = /maxmemory_policy:(\S+)/.exec(await this.#redis.info('memory'))?.[1] ?? 'noeviction';
    if (policy !== 'noeviction')
      this.#options.onWarning?.(`maxmemory-policy: got ${policy}, want noeviction, or jobs may be lost when memory is short`);
  }

  /** What became of a batch of which no word has come. */
  async #ask(pending: Pending): Promise<void> {
    try {
      const state = await this.#queue.getJobState(pending.id);
      if (state === 'waiting' || state === 'active' || state === 'delayed') return;
      // Done and removed, or lost with what Redis had in memory.
      if (!(await this.#take(pending.id))) await this.#makeHere(pending, 'failed');
    } catch (error) {
      this.#note(error);
      if (this.#redis.status === 'ready') await this.#makeHere(pending, 'failed');
    }
  }

  /** Keeps why something failed; where the connection is away, its own fault says more than that of what wanted to go over it. */
  #note(error: unknown): void {
    if (this.#redis.status === 'ready' || this.#fault === '') this.#fault = errorText(error);
  }

  #setMode(mode: 'workers' | 'own', why: string): void {
    if (mode === this.#told) return;
    [this.#mode, this.#told] = [mode, mode];
    this.#options.onMode?.(mode, why);
  }
}
