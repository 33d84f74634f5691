import { constants, crc32, createDeflateRaw, type DeflateRaw } from 'node:zlib';

/** A part of a text, compressed by itself, so that it can be kept and stand in one gzip stream with others. */
export interface GzipPart {
  /** Blocks of deflate (RFC 1951) that end on a whole byte and are not the last. */
  readonly bytes: Uint8Array;
  /** CRC-32 and bytes of what was compressed. */
  readonly crc: number;
  readonly length: number;
}

/**
 * Compresses parts outside of this thread, one after the other. All go through one compressor and one buffer: memory of its own for each of
 * thousands of parts would look to V8 as if there were much garbage to collect.
 */
export class PartCompressor {
  #stream: DeflateRaw | undefined;
  #buffer = Buffer.alloc(2 ** 16);
  #last: Promise<unknown> = Promise.resolve();

  /** A part, when its turn has come. Rejects where there is no memory. */
  compress(text: string): Promise<GzipPart> {
    const part = this.#last.then(() => this.#compressed(text));
    this.#last = part.catch(() => undefined);
    return part;
  }

  #compressed(text: string): Promise<GzipPart> {
    if (text === '') return Promise.resolve({ bytes: new Uint8Array(0), crc: 0, length: 0 });
    // A character is three bytes at most.
    if (this.#buffer.length < 3 * text.length) this.#buffer = Buffer.alloc(2 ** Math.ceil(Math.log2(3 * text.length)));
    const whole = this.#buffer.subarray(0, this.#buffer.write(text));
    const stream = (this.#stream ??= createDeflateRaw({ level: 1, flush: constants.Z_FULL_FLUSH, chunkSize: 2 ** 16 }));
    return new Promise((resolve, reject) => {
      const found: Buffer[] = [];
      const take = (piece: Buffer): void => void found.push(piece);
      const fail = (error: Error): void => {
        this.#stream = undefined;
        reject(error);
      };
      stream.on('data', take).once('error', fail);
      stream.write(whole, (error) => {
        if (error) return fail(error);
        // What has not been handed out yet comes as data, too.
        while (stream.read() !== null);
        stream.off('data', take).off('error', fail);
        // Pieces are cut from larger buffers, which would be kept with them.
        const bytes = new Uint8Array(found.reduce((sum, { length }) => sum + length, 0));
        let at = 0;
        for (const piece of found) {
          bytes.set(piece, at);
          at += piece.length;
        }
        return resolve({ bytes, crc: crc32(whole), length: whole.length });
      });
    });
  }
}

/** What stands before the parts (RFC 1952): deflate, no flags, no time, fastest, unknown system. */
export const gzipHead: Uint8Array = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255);

/** What stands behind so many parts. */
export interface GzipSum {
  readonly crc: number;
  /** Bytes modulo 2³². */
  readonly length: number;
}

/** Of no part. */
export const noParts: GzipSum = { crc: 0, length: 0 };

/** With one part more. */
export function withPart(sum: GzipSum, part: GzipPart): GzipSum {
  return { crc: crcOfBoth(sum.crc, part.crc, part.length), length: (sum.length + part.length) % 2 ** 32 };
}

/** An empty last block, the checksum and the length. */
export function gzipTail({ crc, length }: GzipSum): Uint8Array {
  const tail = Buffer.alloc(10);
  tail[0] = 3;
  tail.writeUInt32LE(crc, 2);
  tail.writeUInt32LE(length, 6);
  return tail;
}

// A CRC-32 is a polynomial over GF(2) modulo this one; bit 31 is the coefficient of x⁰.
const polynomial = 0xedb88320;

function product(a: number, b: number): number {
  let found = 0;
  for (let bit = 31, shifted = b; bit >= 0; bit--) {
    if ((a >>> bit) & 1) found ^= shifted;
    shifted = shifted & 1 ? (shifted >>> 1) ^ polynomial : shifted >>> 1;
  }
  return found >>> 0;
}

/** x to the power of 8 · 2ⁱ: what 2ⁱ bytes of zeros do. */
const powers = ((): Uint32Array => {
  const found = Uint32Array.of(0x00800000, ...new Array<number>(31).fill(0));
  for (let i = 1; i < 32; i++) found[i] = product(found[i - 1], found[i - 1]);
  return found;
})();

/** CRC-32 of two texts in a row from those of each; `length`: bytes of the second, below 2³². */
function crcOfBoth(first: number, second: number, length: number): number {
  let shifted = first;
  for (let i = 0; i < 32; i++) if ((length >>> i) & 1) shifted = product(powers[i], shifted);
  return (shifted ^ second) >>> 0;
}
