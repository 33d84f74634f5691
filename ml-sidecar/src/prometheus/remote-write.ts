import { ProtobufError } from './protobuf.ts';
import { parseRawLabels } from './raw-labels.ts';
import { createSampleGate } from './sample-gate.ts';
import { createSeriesTable } from './series-table.ts';
import { gather, grown } from './slot-arrays.ts';
import { createSnappyReader, SnappyError } from './snappy.ts';
import { createTokenBuckets } from './token-bucket.ts';
import { type DecodedWrite, TooManySamplesError, WriteDecoder } from './write-decoder.ts';
import { averageLabelBytes, defaultWriteLimits, haveManyCome, isVersion1, sweepSeconds, type WriteLimits } from './write-limits.ts';

/** What the receiver shall do with the samples of a series. */
export interface AcceptedSeries {
  /** The consumer's own number for the series, ≥ 0, handed back in every batch. */
  readonly id: number;
  /** Unix seconds of the newest sample already taken up (from saved state or a backfill); what is not later is dropped. */
  readonly since?: number;
  /** Seconds that a sample may lie behind the newest of its series and still be new: usually the step. */
  readonly tolerance: number;
}

/** New samples in the order in which they came. All arrays have the same length. */
export interface SampleBatch {
  /** Number that `accept` gave. */
  readonly ids: Int32Array;
  /** Unix seconds. */
  readonly times: Float64Array;
  /** NaN where the source sent NaN and where the series ended. */
  readonly values: Float64Array;
  /** 1 where the series ended at that time (stale marker). */
  readonly ended: Uint8Array;
}

export interface WriteReceiverOptions {
  /** Asked once for each label set that is not known; undefined where no watch wants it. Must be quick. */
  readonly accept: (name: string, labels: Readonly<Record<string, string>>) => AcceptedSeries | undefined;
  /** Unix seconds. */
  readonly now: () => number;
  /** Any integer, drawn anew in every process. */
  readonly seed: number;
  /** Called after a batch was queued, so that the consumer may come for it. */
  readonly onQueued?: () => void;
  readonly limits?: Partial<WriteLimits>;
}

export interface WriteRequest {
  readonly body: Uint8Array;
  /** Header values, empty where absent. */
  readonly contentType: string;
  readonly contentEncoding: string;
  /** Who sends: whatever the rate limit shall tell apart. */
  readonly sender: string;
}

/**
 * 204 queued; 400 cannot be decoded (the sender drops it for good); 413 over a size limit (the same); 415 not version 1 of the
 * protocol (Prometheus falls back to it); 503 come back later. Never 429, which Prometheus by default takes for a refusal.
 */
export interface WriteReply {
  readonly status: 204 | 400 | 413 | 415 | 503;
  readonly message: string;
  /** Seconds for a Retry-After header. */
  readonly retryAfter?: number;
}

/** Samples by what became of them, since the start. */
export interface WriteCounts {
  accepted: number;
  /** At a time that its series has had. */
  duplicate: number;
  /** Behind what its series has had by more than the tolerance. */
  old: number;
  /** Ahead of the clock. */
  future: number;
  /** No watch wants the series. */
  unwanted: number;
  /** The label set breaks the protocol or a limit. */
  invalidLabels: number;
  /** There was no room for the series. */
  seriesLimit: number;
  /** Native histograms. */
  histogram: number;
}

/** Takes remote-write bodies and gives batches of new samples. */
export interface WriteReceiver {
  /** Decodes and queues one body, all or nothing. */
  receive(request: WriteRequest): WriteReply;
  /** The oldest batch of the queue. */
  take(): SampleBatch | undefined;
  /** Samples in the queue. */
  queuedSamples(): number;
  /** Label sets remembered. */
  seriesCount(): number;
  readonly counts: Readonly<WriteCounts>;
  /**
   * Asks `accept` anew for every series as its next sample comes, as the watches have changed. What was its newest sample is still
   * known, so that none is taken twice. Queued batches keep the numbers they have.
   */
  reconsider(): void;
}

/** A receiver for remote write v1 (prometheus.io/docs/specs/prw/remote_write_spec), bounded in memory whatever is sent. */
export function createWriteReceiver(options: WriteReceiverOptions): WriteReceiver {
  return new Receiver(options);
}

class Receiver implements WriteReceiver {
  readonly counts: WriteCounts = {
    accepted: 0,
    duplicate: 0,
    old: 0,
    future: 0,
    unwanted: 0,
    invalidLabels: 0,
    seriesLimit: 0,
    histogram: 0,
  };
  readonly #options: WriteReceiverOptions;
  readonly #limits: WriteLimits;
  readonly #decompress: (input: Uint8Array) => Uint8Array;
  readonly #table;
  readonly #decoder: WriteDecoder;
  readonly #gate = createSampleGate();
  readonly #buckets;
  /** By slot: the consumer's number, or -1 for a series that nobody wants. */
  #ids = new Int32Array(256);
  /** By slot: when it was last heard of, or -Infinity once it has ended. */
  #heard = new Float64Array(256);
  /** By slot: in which round of `reconsider` it was asked for. */
  #asked = new Int32Array(256);
  #round = 0;
  #swept = -Infinity;
  /** Label sets that the last search left. */
  #left = 0;
  readonly #queue: SampleBatch[] = [];
  #queued = 0;

  constructor(options: WriteReceiverOptions) {
    this.#options = options;
    this.#limits = { ...defaultWriteLimits, ...options.limits };
    const { maxDecodedBytes, maxSamples, samplesPerSecond, burstSamples } = this.#limits;
    this.#decompress = createSnappyReader(maxDecodedBytes);
    this.#table = createSeriesTable(options.seed);
    this.#decoder = new WriteDecoder(this.#table, (bytes, start, end) => this.#newSeries(bytes, start, end), maxSamples);
    this.#buckets = createTokenBuckets({ rate: samplesPerSecond, burst: burstSamples, maxSenders: 1000 });
  }

  receive(request: WriteRequest): WriteReply {
    const now = this.#options.now();
    const refusal = this.#refusal(request, now);
    if (refusal) return refusal;
    if (this.#isCrowded() && now - this.#swept >= sweepSeconds) this.#sweep(now);
    try {
      const decoded = this.#decoder.decode(this.#decompress(request.body));
      this.#buckets.spend(request.sender, decoded.length + decoded.skipped, now);
      this.#enqueue(decoded, now);
      return { status: 204, message: '' };
    } catch (error) {
      if (error instanceof TooManySamplesError) return { status: 413, message: error.message };
      if (error instanceof SnappyError || error instanceof ProtobufError) return { status: 400, message: error.message };
      throw error;
    }
  }

  take(): SampleBatch | undefined {
    const batch = this.#queue.shift();
    if (batch) this.#queued -= batch.ids.length;
    return batch;
  }

  queuedSamples(): number {
    return this.#queued;
  }

  seriesCount(): number {
    return this.#table.size;
  }

  reconsider(): void {
    this.#round += 1;
  }

  #refusal({ body, contentType, contentEncoding, sender }: WriteRequest, now: number): WriteReply | undefined {
    const { maxBodyBytes, maxQueuedSamples } = this.#limits;
    if (!isVersion1(contentType, contentEncoding)) {
      const found = `${JSON.stringify(contentType)} encoded as ${JSON.stringify(contentEncoding)}`;
      return { status: 415, message: `content: got ${found}, want application/x-protobuf;proto=prometheus.WriteRequest encoded as snappy` };
    }
    if (body.length > maxBodyBytes) return { status: 413, message: `body: got ${body.length} bytes, want at most ${maxBodyBytes}` };
    if (this.#queued >= maxQueuedSamples) return { status: 503, message: `${this.#queued} samples wait already`, retryAfter: 1 };
    if (!this.#buckets.has(sender, now)) return { status: 503, message: 'more samples than this sender may send', retryAfter: 1 };
    return undefined;
  }

  #newSeries(bytes: Uint8Array, start: number, end: number): number {
    const series = parseRawLabels(bytes, start, end);
    if (!series) {
      this.counts.invalidLabels += 1;
      return -1;
    }
    if (this.#isFull()) {
      this.counts.seriesLimit += 1;
      return -1;
    }
    const accepted = this.#options.accept(series.name, series.labels);
    const slot = this.#table.add(bytes, start, end);
    if (slot >= this.#ids.length) this.#grow(2 * (slot + 1));
    this.#heard[slot] = this.#options.now();
    this.#ids[slot] = -1;
    this.#number(slot, accepted);
    return slot;
  }

  /** Notes what `accept` said of a slot. One that is wanted already keeps the memory of its newest sample. */
  #number(slot: number, accepted: AcceptedSeries | undefined): void {
    const wasWanted = this.#ids[slot] >= 0;
    this.#ids[slot] = accepted?.id ?? -1;
    this.#asked[slot] = this.#round;
    const tolerance = (accepted?.tolerance ?? 0) * 1000;
    if (wasWanted) this.#gate.tolerate(slot, tolerance);
    else this.#gate.open(slot, (accepted?.since ?? -Infinity) * 1000, tolerance);
  }

  #askAgain(slot: number): void {
    const bytes = this.#table.bytesOf(slot);
    const series = parseRawLabels(bytes, 0, bytes.length);
    this.#number(slot, series && this.#options.accept(series.name, series.labels));
  }

  #isFull(): boolean {
    const { maxSeries } = this.#limits;
    return this.#table.size >= maxSeries || this.#table.labelBytes >= maxSeries * averageLabelBytes;
  }

  /** Whether so many label sets have come since the last search that many may have gone. */
  #isCrowded(): boolean {
    return this.#isFull() || haveManyCome(this.#table.size, this.#left);
  }

  #enqueue(decoded: DecodedWrite, now: number): void {
    const batch = this.#select(decoded, now);
    this.counts.histogram += decoded.histograms;
    if (batch.ids.length === 0) return;
    this.counts.accepted += batch.ids.length;
    this.#queue.push(batch);
    this.#queued += batch.ids.length;
    this.#options.onQueued?.();
  }

  /** Leaves what is new, moved to the front of `decoded`, and copies that. */
  #select(decoded: DecodedWrite, now: number): SampleBatch {
    const { slots, times, values, stale } = decoded;
    const latest = (now + this.#limits.maxAheadSeconds) * 1000;
    let kept = 0;
    for (let i = 0; i < decoded.length; i++) {
      const slot = slots[i];
      this.#heard[slot] = now;
      if (this.#asked[slot] !== this.#round) this.#askAgain(slot);
      const id = this.#ids[slot];
      if (id < 0) this.counts.unwanted += 1;
      else if (!(times[i] <= latest)) this.counts.future += 1;
      else if (times[i] <= 0) this.counts.old += 1;
      else {
        const judgement = this.#gate.judge(slot, times[i]);
        if (judgement !== 'new') {
          this.counts[judgement] += 1;
          continue;
        }
        if (stale[i] === 1) this.#heard[slot] = -Infinity;
        slots[kept] = id;
        times[kept] = times[i] / 1000;
        values[kept] = values[i];
        stale[kept++] = stale[i];
      }
    }
    return { ids: slots.slice(0, kept), times: times.slice(0, kept), values: values.slice(0, kept), ended: stale.slice(0, kept) };
  }

  #sweep(now: number): void {
    this.#swept = now;
    const kept = this.#table.retain((slot) => now - this.#heard[slot] < this.#limits.idleSeconds);
    this.#left = kept.length;
    this.#gate.renumber(kept);
    this.#ids = gather(this.#ids, new Int32Array(Math.max(256, kept.length)), kept);
    this.#heard = gather(this.#heard, new Float64Array(Math.max(256, kept.length)), kept);
    this.#asked = gather(this.#asked, new Int32Array(Math.max(256, kept.length)), kept);
    this.#decoder.forgetOrder();
  }

  #grow(length: number): void {
    this.#ids = grown(this.#ids, new Int32Array(length));
    this.#heard = grown(this.#heard, new Float64Array(length));
    this.#asked = grown(this.#asked, new Int32Array(length));
  }
}
