import { errorText, type Logger } from '@presage/service/log.ts';
import { NoData } from '../collectors/collector.ts';
import type { SourceName } from './sources.ts';

/** What a scrape may ask of the sampler: what is kept, never more. */
export interface Samples {
  /**
   * The newest sample of a source, in the form of sources.ts, to be checked by who asks. Throws NoData before the first one, and Error
   * when the newest is older than `samplesAge`.
   */
  latest(source: SourceName): unknown;
}

/** Asks the system in the background, over and over, and keeps the newest answers. */
export interface Sampler extends Samples {
  /** Begins with these sources, once. */
  start(sources: readonly SourceName[]): void;
  close(): void;
}

/** What a sampler is made of. */
export interface SamplerOptions {
  /** Asks a source; ends within `timeout` seconds, by an error if it must. */
  readonly ask: (source: SourceName, timeout: number) => Promise<unknown>;
  /** Seconds from the beginning of a round to that of the next. */
  readonly interval: number;
  /** A clock in seconds that is never set. */
  readonly now: () => number;
  readonly log: Logger;
}

/** Longest time for one answer, in seconds: two that hang in one round leave the others young enough. */
export const ASK_SECONDS = 20;
/** Rounds that a source which keeps failing is left out at most. */
const MOST_ROUNDS_OUT = 16;

/** Seconds after which a sample is not shown any more: four rounds, and a minute at least. */
export function samplesAge(interval: number): number {
  return Math.max(60, 4 * interval);
}

interface Kept {
  readonly source: SourceName;
  sample: { readonly value: unknown; readonly at: number } | undefined;
  failures: number;
  fault: string;
  /** Rounds still to be left out. */
  out: number;
}

/** One answer at a time, so that the system is never asked two things at once; a source that fails is asked ever less often. */
export function createSampler(options: SamplerOptions): Sampler {
  const { now, interval } = options;
  const kept = new Map<SourceName, Kept>();
  const oldest = samplesAge(interval);
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  const round = async () => {
    const begun = now();
    for (const each of kept.values()) if (!closed) await renew(each, options);
    if (closed) return;
    timer = setTimeout(() => void round(), 1000 * Math.max(0, begun + interval - now()));
    timer.unref();
  };
  return {
    start(sources) {
      for (const source of sources) kept.set(source, { source, sample: undefined, failures: 0, fault: '', out: 0 });
      if (kept.size > 0) void round();
    },
    latest(source) {
      const sample = kept.get(source)?.sample;
      if (sample === undefined) throw new NoData(`${source}: no sample yet`);
      if (now() - sample.at > oldest) throw new Error(`${source}: no sample for more than ${oldest} s`);
      return sample.value;
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

async function renew(kept: Kept, { ask, now, log }: SamplerOptions): Promise<void> {
  if (kept.out > 0) {
    kept.out -= 1;
    return;
  }
  try {
    kept.sample = { value: await ask(kept.source, ASK_SECONDS), at: now() };
    if (kept.failures > 0) log.info('sampling works again', { source: kept.source });
    kept.failures = 0;
    kept.fault = '';
  } catch (error) {
    kept.failures += 1;
    kept.out = Math.min(2 ** (kept.failures - 1) - 1, MOST_ROUNDS_OUT);
    const fault = errorText(error);
    if (fault !== kept.fault) log.warn('sampling failed', { source: kept.source, err: fault });
    kept.fault = fault;
  }
}

/** Where everything is read from files. */
export const noSamples: Samples = {
  latest: (source) => {
    throw new NoData(`${source}: nothing is sampled on this system`);
  },
};
