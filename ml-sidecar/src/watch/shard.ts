import { createHash } from 'node:crypto';
import type { Labels } from './labels.ts';

/** Which part of all series a process is for, as plain data. */
export interface ShardPlace {
  /** From 0, as Prometheus numbers what `hashmod` gives. */
  readonly index: number;
  readonly count: number;
  /** Labels whose values decide, in the order in which they are joined. */
  readonly labels: readonly string[];
}

/** Which part of all series a process is for. */
export interface Shard extends ShardPlace {
  /** Whether a series with these labels belongs to it; a label that is absent counts as empty. */
  owns(labels: Labels): boolean;
}

/** Values whose shard is remembered: hosts are few, and what is hashed by more labels than that must not grow without end. */
const mostRemembered = 100_000;

/**
 * The relabel action `hashmod` of Prometheus (model/relabel/relabel.go): the last 8 bytes of the MD5 of `text`, big-endian, modulo
 * `modulus`. `text` is the values of `source_labels` joined by `;`.
 */
export function hashmod(text: string, modulus: number): number {
  return Number(createHash('md5').update(text).digest().readBigUInt64BE(8) % BigInt(modulus));
}

/** The shard `index` of `count`; every series belongs to exactly one of them. */
export function createShard({ index, count, labels }: ShardPlace): Shard {
  const known = new Map<string, boolean>();
  return {
    index,
    count,
    labels,
    owns(series) {
      const text = labels.map((name) => series[name] ?? '').join(';');
      const before = known.get(text);
      if (before !== undefined) return before;
      if (known.size >= mostRemembered) known.clear();
      const own = hashmod(text, count) === index;
      known.set(text, own);
      return own;
    },
  };
}

/** Whether every series of `now` was one of `before` too; absent is the whole. So it is when shards are split in equal parts. */
export function covers(before: ShardPlace | undefined, now: ShardPlace | undefined): boolean {
  if (before === undefined || before.count === 1) return true;
  if (now === undefined || now.labels.join(';') !== before.labels.join(';')) return false;
  return now.count % before.count === 0 && now.index % before.count === before.index;
}
