import { errorText, type Logger } from '@presage/service/log.ts';
import { isRecord } from '../prometheus/answer.ts';
import type { PrometheusClient } from '../prometheus/client.ts';
import type { ClockMetrics } from './clock-metrics.ts';

export interface SourceClockOptions {
  /** The clock of this host, Unix seconds: it may be set at any moment. */
  readonly wall: () => number;
  /** Monotonic seconds. */
  readonly clock: () => number;
  /** Time of the source, Unix seconds. */
  readonly ask: () => Promise<number>;
  readonly log: Logger;
  readonly metrics: ClockMetrics;
  readonly sleep: (seconds: number) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Time as the source of the samples has it, which neither jumps nor stands still when the clock of this host is set. */
export interface SourceClock {
  /** Unix seconds. */
  readonly now: () => number;
  /** Asks the source once; its failure is none of the caller's. */
  settle(): Promise<void>;
  /** Asks the source from time to time, and soon after the clock of this host was set, until the signal. */
  run(): Promise<void>;
}

/** Seconds by which two looks at the clocks may differ and it is still taken for an even pace. */
const even = 1;
/** Seconds that the source may differ from this host: less is told by no one, and the samples come later than that anyway. */
const tolerance = 5;
const askEvery = 300;
const retryAfter = 5;
/** Seconds between two looks at whether the clock was set. */
const lookEvery = 1;

/**
 * A clock that follows the one of this host as long as that runs evenly and agrees with the source. When it is set, time goes on
 * evenly until the source has said what time it is: then the source is right.
 */
export function createSourceClock(options: SourceClockOptions): SourceClock {
  return new Following(options);
}

class Following implements SourceClock {
  readonly #options: SourceClockOptions;
  /** Wall less monotonic time at the last look. */
  #own: number;
  /** Added to the own clock. */
  #correction = 0;
  /** Whether the clock was set since the source last answered. */
  #doubtful = true;

  constructor(options: SourceClockOptions) {
    this.#options = options;
    this.#own = options.wall() - options.clock();
  }

  readonly now = (): number => {
    const { wall, clock, log, metrics } = this.#options;
    const monotonic = clock();
    const found = wall() - monotonic;
    const step = found - this.#own;
    this.#own = found;
    if (Math.abs(step) > even) {
      this.#correction -= step;
      this.#doubtful = true;
      metrics.clockStepped();
      log.warn('the clock of this host was set: going on evenly until Prometheus says what time it is', { seconds: round(step) });
    }
    return monotonic + found + this.#correction;
  };

  async settle(): Promise<void> {
    const { clock, ask, log, metrics } = this.#options;
    const before = clock();
    try {
      const source = await ask();
      const took = clock() - before;
      this.now();
      const skew = source + took / 2 - clock() - this.#own;
      const agrees = Math.abs(skew) <= tolerance + took;
      if (!agrees && Math.abs(skew - this.#correction) > tolerance)
        log.warn('the clock of this host is not that of Prometheus, whose time is taken', { seconds: round(skew) });
      if (agrees && this.#correction !== 0) log.info('the clock of this host agrees with that of Prometheus');
      this.#correction = agrees ? 0 : skew;
      this.#doubtful = false;
      metrics.clockSkew(skew);
    } catch (error) {
      log.debug('Prometheus does not say what time it is', { err: errorText(error) });
    }
  }

  async run(): Promise<void> {
    const { clock, sleep, signal } = this.#options;
    for (let asked = clock(); !signal.aborted;) {
      this.now();
      if (clock() - asked >= (this.#doubtful ? retryAfter : askEvery)) {
        await this.settle();
        asked = clock();
      }
      const doubtful = this.#doubtful;
      await sleep(lookEvery);
      this.now();
      // One that has just been set is asked about at once.
      if (!doubtful && this.#doubtful) asked = -Infinity;
    }
  }
}

/** What time Prometheus says it is, Unix seconds. Rejects with a PrometheusError, or an Error where it says none. */
export async function readSourceTime(client: Pick<PrometheusClient, 'get'>): Promise<number> {
  const data = await client.get('query', { query: 'time()' });
  const result = isRecord(data) && Array.isArray(data['result']) ? data['result'] : [];
  const time = Number(result[1]);
  if (!(time > 0)) throw new Error(`time(): got ${JSON.stringify(data)}, want a scalar`);
  return time;
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
