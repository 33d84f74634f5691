import { describe, expect, it } from 'vitest';
import { crc32c } from './crc32c.ts';
import { decodeXorChunk, sampleCount } from './xor-chunk.ts';
import { bitsOf, type ChunkSample, encodeXorChunk, staleBits } from './xor-chunk.fixture.ts';

const decode = (chunk: Uint8Array) => {
  const count = sampleCount(chunk);
  const columns = { length: 0, times: new Float64Array(count), values: new Float64Array(count) };
  decodeXorChunk(chunk, columns);
  return Array.from({ length: columns.length }, (_, i) => [columns.times[i], columns.values[i]]);
};

const t0 = 1_790_000_000_000;

describe('decodeXorChunk', () => {
  it.each<[string, readonly (readonly [number, number])[]]>([
    ['no sample', []],
    ['one sample', [[t0, 1.5]]],
    [
      'a time before 1970',
      [
        [-1500, 1],
        [0, 2],
      ],
    ],
    ['a constant', Array.from({ length: 120 }, (_, i) => [t0 + i * 15_000, 42] as const)],
    ['a counter', Array.from({ length: 120 }, (_, i) => [t0 + i * 15_000, i * 1013] as const)],
    ['noise with jitter', Array.from({ length: 120 }, (_, i) => [t0 + i * 15_000 + ((i * 7919) % 13), Math.sin(i) * 1e6] as const)],
    ['specials', [0, -0, NaN, Infinity, -Infinity, 5e-324, 1.7976931348623157e308, -1e-300].map((value, i) => [t0 + i, value] as const)],
    [
      'every width of time step',
      [0, 1, 9193, 9193, 1000, 66_000, 66_001, 600_000, 600_001, 1e9, 1e9 + 1, 1e13].map((gap, i) => [t0 + i + gap, i] as const),
    ],
    ['the edges of the widths', edges()],
    [
      'a change of the lowest bits alone',
      [
        [t0, 1],
        [t0 + 1, 1 + Number.EPSILON],
        [t0 + 2, 1],
        [t0 + 3, 1 + 2 ** 20 * Number.EPSILON],
      ],
    ],
  ])('reads %s', (_, samples) => {
    expect(decode(encodeXorChunk(samples.map(([time, value]): ChunkSample => [time, bitsOf(value)])))).toEqual(
      samples.map(([time, value]) => [time / 1000, value]),
    );
  });

  it('leaves stale markers out and goes on behind them', () => {
    const samples: ChunkSample[] = [
      [t0, bitsOf(1)],
      [t0 + 1000, staleBits],
      [t0 + 2000, bitsOf(NaN)],
      [t0 + 3000, bitsOf(2)],
    ];
    expect(decode(encodeXorChunk(samples)).map(([, value]) => value)).toEqual([1, NaN, 2]);
  });

  it.each([
    ['nothing', []],
    ['half a count', [0]],
    ['more samples than its bytes could hold', [0xff, 0xff, 0, 0]],
    ['a first value cut off', [0, 1, 2, 0, 0]],
    ['a varint without end', [0, 1, ...Array.from({ length: 20 }, () => 0xff)]],
    ['more significant bits than there are', [0, 2, 2, ...Array.from({ length: 8 }, () => 0), 1, 0xff, 0xff, 0xff]],
  ])('refuses %s', (_, bytes) => {
    expect(() => decode(Uint8Array.from(bytes))).toThrow(expect.objectContaining({ name: 'ChunkError' }));
  });
});

/** RFC 3720, appendix B.4. */
it.each([
  ['32 zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
])('crc32c of %s', (_, bytes, wanted) => {
  expect(crc32c(bytes)).toBe(wanted);
});

function edges(): (readonly [number, number])[] {
  let time = t0;
  let delta = 2 ** 21;
  return [0, 8192, -8191, 8193, -8192, 65_536, -65_535, 65_537, -65_536, 524_288, -524_287, 524_289, -524_288].map((change, i) => {
    if (i > 0) delta += change;
    time += delta;
    return [time, i] as const;
  });
}
