import { errorText, type Logger } from '@presage/service/log.ts';
import type { PrometheusClient } from '../prometheus/client.ts';
import { withoutExternal } from '../prometheus/external-labels.ts';
import type { Labels } from '../watch/labels.ts';
import type { AskedFit, LiveTarget, LiveWatch } from '../watch/live-watch.ts';
import type { Watch } from '../watch/watch.ts';
import { readMissed, type LiveSource } from './missed.ts';

/** What a feed works with. */
export interface LiveFeedOptions {
  readonly live: LiveWatch;
  readonly source: LiveSource;
  readonly client: Pick<PrometheusClient, 'readSamples' | 'queryRange' | 'query'>;
  readonly log: Logger;
  /** Unix seconds. */
  readonly now: () => number;
  /** Lets requests be answered. */
  readonly pause: () => Promise<void>;
  readonly sleep: (seconds: number) => Promise<void>;
  readonly signal: AbortSignal;
  /** Asks once for the labels that the source adds to all that it sends. */
  readonly externalLabels: () => Promise<Labels>;
  /** Called when there is room again after `isFull`. */
  readonly onRoom: () => void;
  /** Called for each time that samples were read back. */
  readonly onGap: (result: 'filled' | 'failed') => void;
}

/** Brings the samples of one watch into order: what comes live, and before it what was missed. */
export interface LiveFeed {
  readonly live: LiveWatch;
  /** Takes a live sample, or keeps it until what came before it has been read back. */
  push(target: LiveTarget, time: number, value: number): void;
  /** Whether so much waits that no more should be brought. */
  isFull(): boolean;
  /** Reads back everything up to now. Rejects with a PrometheusError; then nothing was lost, and it may be tried again. */
  catchUp(): Promise<void>;
  /** Whether a live sample has come since the last call. */
  hasHeard(): boolean;
  /** A feed of another watch from the same source. */
  beside(watch: Watch): LiveFeed;
}

interface Waiting {
  readonly target: LiveTarget;
  readonly time: number;
  readonly value: number;
}

/** Samples that may wait for a gap to be filled. */
const mostWaiting = 200_000;
/** Seconds until a failed attempt to fill a gap is repeated. */
const retryAfter = 5;
/** Seconds between two lines on gaps that were filled. */
const tellEvery = 60;
/** Samples handed on in a row before others get their turn. */
const inARow = 2000;

/** A feed that holds live samples back until the first `catchUp` has succeeded. */
export function createLiveFeed(options: LiveFeedOptions): LiveFeed {
  return new Feed(options);
}

class Feed implements LiveFeed {
  readonly live: LiveWatch;
  readonly #options: LiveFeedOptions;
  readonly #waiting: Waiting[] = [];
  /** Whether everything up to some time has been read. */
  #started = false;
  /** While something is read back, and before the first time that it was, live samples wait. */
  #busy = true;
  #heard = false;
  #fitting = false;
  /** Gaps filled since that was told, and when it was, Unix seconds. */
  #filled = 0;
  #toldFilled = -Infinity;

  constructor(options: LiveFeedOptions) {
    this.#options = options;
    this.live = options.live;
  }

  push(target: LiveTarget, time: number, value: number): void {
    this.#heard = true;
    if (!this.#busy && !this.live.misses(target, time) && !this.live.awaited(target, time)) {
      this.live.take(target, time, value);
      if (this.live.hasDue() && !this.#fitting) void this.#fitSoon();
      return;
    }
    this.#waiting.push({ target, time, value });
    if (this.#busy) return;
    // A fault here is one of this watch alone.
    this.#work(async () => {}).catch((cause: unknown) => {
      this.#options.log.error('live samples cannot be taken', { watch: this.live.watch.settings.name, err: errorText(cause) });
    });
  }

  isFull(): boolean {
    return this.#waiting.length >= mostWaiting;
  }

  async catchUp(): Promise<void> {
    if (this.#started && this.#busy) return;
    const { now } = this.#options;
    await this.#work(() => this.#fill(now() - this.live.watch.settings.delay, Infinity));
  }

  hasHeard(): boolean {
    const was = this.#heard;
    this.#heard = false;
    return was;
  }

  beside(watch: Watch): LiveFeed {
    return new Feed({ ...this.#options, live: this.live.beside(watch) });
  }

  async #work(task: () => Promise<void>): Promise<void> {
    this.#busy = true;
    try {
      await task();
      this.#started = true;
    } finally {
      // Before the first success nothing may be learned, since what came before it would be lost.
      while (this.#started && this.#waiting.length > 0) await this.#drain();
      this.#busy = !this.#started;
      void this.#fitSoon();
    }
  }

  /** Reads back what is missing up to a time, and notes that nothing is missing up to `sure`. Unix seconds. */
  async #fill(until: number, sure: number): Promise<void> {
    const { live } = this;
    const external = await this.#options.externalLabels();
    const long = live.expectUntil(until);
    for await (const { series, to } of readMissed(this.#options, until)) {
      const taken = new Set<LiveTarget>();
      for (const { labels, times, values } of series) {
        const own = withoutExternal(labels, external);
        if (!live.watch.owns(own)) continue;
        const target = live.targetOf(own);
        // A series that differs from one before it in the metric name alone.
        if (taken.has(target)) {
          live.duplicate();
          continue;
        }
        taken.add(target);
        live.takeBack(target, times, values, long ? 'last' : 'all');
        await this.#options.pause();
      }
      live.known = Math.max(live.known, Math.min(to, sure));
      live.reached(to);
    }
    live.looked = Math.max(live.looked, until);
    if (long) live.fitAll();
  }

  /** Hands on what waits, filling gaps on the way. */
  async #drain(): Promise<void> {
    const { signal, onRoom, pause } = this.#options;
    const some = this.#waiting.splice(0, inARow);
    // Asked for together, they are made together.
    for (const { target, time } of some) this.#hurry(this.live.awaited(target, time));
    for (const { target, time, value } of some) {
      if (signal.aborted) return;
      const awaited = this.live.awaited(target, time);
      this.#hurry(awaited);
      await awaited?.taken;
      if (signal.aborted) return;
      if (this.live.misses(target, time)) await this.#fillStubbornly(time);
      this.live.take(target, time, value);
    }
    onRoom();
    await pause();
  }

  #hurry(fit: AskedFit | undefined): void {
    if (fit) this.live.watch.fits?.hurry(fit.request);
  }

  async #fillStubbornly(until: number): Promise<void> {
    const { signal, log, sleep, onGap } = this.#options;
    const { name, delay } = this.live.watch.settings;
    while (!signal.aborted) {
      try {
        // A slow scrape bears the time of its start and may come later than what is read here.
        await this.#fill(until, until - delay);
        onGap('filled');
        this.#tellFilled();
        return;
      } catch (error) {
        if (signal.aborted) return;
        onGap('failed');
        log.warn('missed samples cannot be read', { watch: name, err: errorText(error) });
        await sleep(retryAfter);
      }
    }
  }

  /** At most once a minute: a target that comes and goes leaves a gap each time. */
  #tellFilled(): void {
    const { now, log } = this.#options;
    this.#filled++;
    if (now() - this.#toldFilled < tellEvery) return;
    log.info('missed samples were read back', { watch: this.live.watch.settings.name, gaps: this.#filled });
    [this.#filled, this.#toldFilled] = [0, now()];
  }

  async #fitSoon(): Promise<void> {
    if (this.#fitting) return;
    this.#fitting = true;
    while (!this.#options.signal.aborted && this.live.fitNext()) await this.#options.pause();
    this.#fitting = false;
  }
}
