import { crc32c } from './crc32c.ts';
import { ProtobufWriter, wire } from './protobuf.ts';

/** A sample as a chunk holds it: milliseconds and the 64 bits of its value. */
export type ChunkSample = readonly [timeMs: number, bits: bigint];

/** The bits of Prometheus' stale marker. */
export const staleBits = 0x7ff0000000000002n;

/** The 64 bits of a double. */
export function bitsOf(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

/** Encodes an XOR chunk, bit by bit in text: slow, and written after the format and not after the decoder. */
export function encodeXorChunk(samples: readonly ChunkSample[]): Uint8Array {
  let out = samples.length.toString(2).padStart(16, '0');
  let [time, value, delta] = [0, 0n, 0];
  let [leading, trailing] = [-1, 0];
  samples.forEach(([timeMs, bits], i) => {
    if (i === 0) out += leb128(zigzag(timeMs)) + binary(bits, 64);
    else {
      const newDelta = timeMs - time;
      out += i === 1 ? leb128(BigInt(newDelta)) : deltaOfDelta(newDelta - delta);
      delta = newDelta;
      const xor = binary(value ^ bits, 64);
      if ((value ^ bits) === 0n) out += '0';
      else {
        const [zerosBefore, zerosBehind] = [Math.min(31, xor.indexOf('1')), 63 - xor.lastIndexOf('1')];
        const fits = leading >= 0 && zerosBefore >= leading && zerosBehind >= trailing;
        if (!fits) [leading, trailing] = [zerosBefore, zerosBehind];
        const width = 64 - leading - trailing;
        out += fits ? '10' : `11${binary(BigInt(leading), 5)}${binary(BigInt(width % 64), 6)}`;
        out += xor.slice(leading, 64 - trailing);
      }
    }
    [time, value] = [timeMs, bits];
  });
  return Uint8Array.from(out.match(/.{1,8}/g) ?? [], (byte) => parseInt(byte.padEnd(8, '0'), 2));
}

/** A ChunkedReadResponse with one series, in its frame. `type` 1 is XOR. */
export function encodeFrame(labels: Readonly<Record<string, string>>, chunks: readonly Uint8Array[], type = 1): Uint8Array {
  const series = new ProtobufWriter();
  for (const [label, value] of Object.entries(labels)) {
    const pair = new ProtobufWriter();
    pair.string(1, label);
    pair.string(2, value);
    series.content(1, pair.finish());
  }
  for (const data of chunks) {
    const chunk = new ProtobufWriter();
    chunk.tag(3, wire.varint);
    chunk.varint(type);
    chunk.content(4, data);
    series.content(2, chunk.finish());
  }
  const response = new ProtobufWriter();
  response.content(1, series.finish());
  const message = response.finish();
  const frame = new ProtobufWriter();
  frame.varint(message.length);
  frame.raw(Uint8Array.of(...[24, 16, 8, 0].map((shift) => (crc32c(message) >>> shift) & 255)));
  frame.raw(message);
  return frame.finish().slice();
}

function deltaOfDelta(value: number): string {
  if (value === 0) return '0';
  const bits = BigInt(value);
  if (value >= -8191 && value <= 8192) return `10${binary(bits, 14)}`;
  if (value >= -65_535 && value <= 65_536) return `110${binary(bits, 17)}`;
  if (value >= -524_287 && value <= 524_288) return `1110${binary(bits, 20)}`;
  return `1111${binary(bits, 64)}`;
}

function binary(value: bigint, width: number): string {
  return BigInt.asUintN(width, value).toString(2).padStart(width, '0');
}

function zigzag(value: number): bigint {
  return value < 0 ? BigInt(-value) * 2n - 1n : BigInt(value) * 2n;
}

function leb128(value: bigint): string {
  return value < 128n ? binary(value, 8) : `1${binary(value, 7)}${leb128(value >> 7n)}`;
}
