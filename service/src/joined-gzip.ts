import { constants, crc32, deflateRaw } from 'node:zlib';
import { promisify } from 'node:util';

const deflate = promisify(deflateRaw);

/** A part of a text, compressed by itself, so that it can be kept and stand in one gzip stream with others. */
export interface GzipPart {
  /** Blocks of deflate (RFC 1951) that end on a whole byte and are not the last. */
  readonly bytes: Uint8Array;
  /** CRC-32 and bytes of what was compressed. */
  readonly crc: number;
  readonly length: number;
}

/** Compresses a part outside of this thread. */
export async function compressPart(text: string): Promise<GzipPart> {
  const whole = Buffer.from(text);
  const bytes = await deflate(whole, { level: 1, finishFlush: constants.Z_SYNC_FLUSH });
  return { bytes, crc: crc32(whole), length: whole.length };
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
