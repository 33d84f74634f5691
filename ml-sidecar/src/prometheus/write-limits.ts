/** What one process takes at most. Past it a sender is told so, and the samples are counted. */
export interface WriteLimits {
  /** Largest body, compressed and decompressed. Default 32 MiB each. */
  readonly maxBodyBytes: number;
  readonly maxDecodedBytes: number;
  /** Most samples in one body. Default 1 million. */
  readonly maxSamples: number;
  /** Samples queued past which a sender is told to come back. Default 1 million. */
  readonly maxQueuedSamples: number;
  /** Label sets remembered, wanted or not. Default 200,000. */
  readonly maxSeries: number;
  /** Seconds unheard after which a label set may be forgotten; one that has ended may be at once. Default 3600. */
  readonly idleSeconds: number;
  /** Samples a second that one sender may send, and how many it may save up. Default 500,000 and 5 million. */
  readonly samplesPerSecond: number;
  readonly burstSamples: number;
  /** Seconds that a sample may lie ahead of the clock. Default 600, as in Prometheus. */
  readonly maxAheadSeconds: number;
}

/** Limits where nothing else is said. */
export const defaultWriteLimits: WriteLimits = {
  maxBodyBytes: 32 * 2 ** 20,
  maxDecodedBytes: 32 * 2 ** 20,
  maxSamples: 1_000_000,
  maxQueuedSamples: 1_000_000,
  maxSeries: 200_000,
  idleSeconds: 3600,
  samplesPerSecond: 500_000,
  burstSamples: 5_000_000,
  maxAheadSeconds: 600,
};

/** Label sets are some 200 bytes; few of 16 KiB are no harm, but not as many as there may be small ones. */
export const averageLabelBytes = 1024;

/** Seconds between two searches for label sets to forget. */
export const sweepSeconds = 60;

/** Label sets that may be remembered without a search for those that can be forgotten. */
const fewSeries = 1000;
const growthUntilSearch = 1.25;

/** Whether there are so many label sets, where a search left so many, that another one may find some that have gone. */
export function haveManyCome(count: number, left: number): boolean {
  return count > Math.max(fewSeries, growthUntilSearch * left);
}

/** Whether headers announce version 1 of the protocol; absent ones do, since old senders send none. */
export function isVersion1(contentType: string, contentEncoding: string): boolean {
  const [type, ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  if (type !== '' && type !== 'application/x-protobuf') return false;
  if (parameters.some((parameter) => parameter.startsWith('proto=') && parameter !== 'proto=prometheus.writerequest')) return false;
  return contentEncoding === '' || contentEncoding.toLowerCase() === 'snappy';
}
