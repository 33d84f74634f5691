/** Bytes and a view of them. */
export interface ByteBlock {
  readonly bytes: Uint8Array;
  /** Of the same range of the same buffer. */
  readonly view: DataView;
}

/** A block over bytes that lie anywhere. */
export function byteBlock(bytes: Uint8Array): ByteBlock {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** Finds the slot of a series by the raw bytes of its labels, without parsing them again. Slots number from 0. */
export interface SeriesTable {
  /** Slots in use. */
  readonly size: number;
  /** Label bytes of all slots together. */
  readonly labelBytes: number;
  /** The slot of the label bytes from `start` to `end`, or -1. */
  find(block: ByteBlock, start: number, end: number): number;
  /** The label bytes of a slot, until the table next changes. */
  bytesOf(slot: number): Uint8Array;
  /** A new slot for label bytes that `find` did not know. */
  add(bytes: Uint8Array, start: number, end: number): number;
  /**
   * Where the labels end if the block from `start` begins with exactly the labels of `slot`, else -1: much cheaper than `find`,
   * for a caller who can guess. Reads nothing at or past `limit`.
   */
  endIfSlot(slot: number, block: ByteBlock, start: number, limit: number): number;
  /** Keeps the slots for which `keep` is true and numbers them anew in order; gives the old slot of each. */
  retain(keep: (slot: number) => boolean): Int32Array;
}

/** Tag of a label in a time series: field 1, length-delimited. */
const labelTag = 0x0a;

/**
 * A table whose keys lie in one block of bytes and whose index is open-addressed.
 * `seed` keeps a sender from choosing labels that collide.
 */
export function createSeriesTable(seed: number): SeriesTable {
  return new ArenaTable(seed);
}

class ArenaTable implements SeriesTable {
  size = 0;
  readonly #seed: number;
  /** Keys one after another, 2 GiB at most; key i is `#keys[#ends[i - 1], #ends[i])`. */
  #keys = byteBlock(new Uint8Array(65_536));
  #ends = new Int32Array(257);
  #hashes = new Int32Array(256);
  /** Slot + 1, or 0 where free; a power of two long and at most half full. */
  #index = new Int32Array(1024);

  constructor(seed: number) {
    this.#seed = seed;
  }

  get labelBytes(): number {
    return this.#ends[this.size];
  }

  find(block: ByteBlock, start: number, end: number): number {
    const hash = hashBytes(block.bytes, start, end, this.#seed);
    const mask = this.#index.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const slot = this.#index[at] - 1;
      if (slot < 0) return -1;
      if (this.#hashes[slot] === hash && this.#isKey(slot, block, start, end)) return slot;
    }
  }

  bytesOf(slot: number): Uint8Array {
    return this.#keys.bytes.subarray(this.#ends[slot], this.#ends[slot + 1]);
  }

  add(bytes: Uint8Array, start: number, end: number): number {
    const slot = this.size++;
    this.#reserve(end - start);
    const from = this.#ends[slot];
    this.#keys.bytes.set(bytes.subarray(start, end), from);
    this.#ends[slot + 1] = from + end - start;
    this.#hashes[slot] = hashBytes(bytes, start, end, this.#seed);
    if (2 * this.size > this.#index.length) this.#reindex(2 * this.#index.length);
    else this.#insert(slot);
    return slot;
  }

  endIfSlot(slot: number, block: ByteBlock, start: number, limit: number): number {
    const from = this.#ends[slot];
    const end = start + this.#ends[slot + 1] - from;
    if (end > limit || (end < limit && block.bytes[end] === labelTag)) return -1;
    return equalBytes(this.#keys, from, block, start, end) ? end : -1;
  }

  retain(keep: (slot: number) => boolean): Int32Array {
    const kept: number[] = [];
    for (let slot = 0; slot < this.size; slot++) if (keep(slot)) kept.push(slot);
    const keys = this.#keys.bytes;
    const ends = this.#ends.slice();
    this.#keys = byteBlock(new Uint8Array(65_536));
    this.#ends = new Int32Array(257);
    this.#hashes = new Int32Array(256);
    this.#index = new Int32Array(1024);
    this.size = 0;
    for (const slot of kept) this.add(keys, ends[slot], ends[slot + 1]);
    return Int32Array.from(kept);
  }

  #isKey(slot: number, block: ByteBlock, start: number, end: number): boolean {
    const from = this.#ends[slot];
    return this.#ends[slot + 1] - from === end - start && equalBytes(this.#keys, from, block, start, end);
  }

  #reserve(length: number): void {
    const used = this.#ends[this.size - 1];
    const { bytes } = this.#keys;
    if (used + length > bytes.length) {
      const grown = new Uint8Array(Math.max(2 * bytes.length, used + length));
      grown.set(bytes.subarray(0, used));
      this.#keys = byteBlock(grown);
    }
    if (this.size >= this.#hashes.length) {
      const ends = new Int32Array(2 * this.#hashes.length + 1);
      ends.set(this.#ends);
      this.#ends = ends;
      const hashes = new Int32Array(2 * this.#hashes.length);
      hashes.set(this.#hashes);
      this.#hashes = hashes;
    }
  }

  #reindex(length: number): void {
    this.#index = new Int32Array(length);
    for (let slot = 0; slot < this.size; slot++) this.#insert(slot);
  }

  #insert(slot: number): void {
    const mask = this.#index.length - 1;
    let at = this.#hashes[slot] & mask;
    while (this.#index[at] !== 0) at = (at + 1) & mask;
    this.#index[at] = slot + 1;
  }
}

/** Whether `bytes[start, end)` are the bytes of `keys` from `from` on. */
function equalBytes(keys: ByteBlock, from: number, bytes: ByteBlock, start: number, end: number): boolean {
  const known = keys.view;
  const found = bytes.view;
  const shift = from - start;
  let at = start;
  for (; at + 16 <= end; at += 16) {
    // Eight bytes a step are three times as fast as one. As doubles, two zeros are equal though their bits differ, and NaNs
    // differ though their bits are equal: both hardly occur in text and are left to the loop below.
    const first = found.getFloat64(at, true);
    const second = found.getFloat64(at + 8, true);
    if (first !== known.getFloat64(at + shift, true) || second !== known.getFloat64(at + shift + 8, true)) break;
    if (first === 0 || second === 0) break;
  }
  for (; at < end; at++) if (bytes.bytes[at] !== keys.bytes[at + shift]) return false;
  return true;
}

/** Murmur3's mixing over single bytes' multiplicative hash; spread well enough for a table, and seeded. */
function hashBytes(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed | 0;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193) ^ (hash >>> 15);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
