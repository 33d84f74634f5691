import { describe, expect, it } from 'vitest';
import { type ChunkedLimits, createChunkedReader } from './chunked-response.ts';
import { bitsOf, encodeFrame, encodeXorChunk } from './xor-chunk.fixture.ts';

const chunk = (first: number, count: number) =>
  encodeXorChunk(Array.from({ length: count }, (_, i) => [(first + i) * 1000, bitsOf(first + i)] as const));
const up = { __name__: 'up', job: 'a' };
const down = { __name__: 'down', job: 'b' };
const read = (pieces: readonly Uint8Array[], limits: Partial<ChunkedLimits> = {}) => {
  const reader = createChunkedReader({ maxFrameBytes: 1e6, maxSamples: 1e6, start: -Infinity, end: Infinity, ...limits });
  pieces.forEach((piece) => reader.push(piece));
  return reader.finish();
};

describe('a streamed answer', () => {
  const frames = [encodeFrame(up, [chunk(0, 120), chunk(120, 5)]), encodeFrame(up, [chunk(125, 3)]), encodeFrame(down, [chunk(7, 1)])];
  const wanted = {
    series: [
      {
        name: 'up',
        labels: { job: 'a' },
        times: Float64Array.from({ length: 128 }, (_, i) => i),
        values: Float64Array.from({ length: 128 }, (_, i) => i),
      },
      { name: 'down', labels: { job: 'b' }, times: Float64Array.of(7), values: Float64Array.of(7) },
    ],
    histogramChunks: 0,
  };

  it.each([1, 2, 3, 7, 64, 1000, 1e6])('is the same in pieces of %d bytes', (size) => {
    const whole = Buffer.concat(frames);
    const pieces = Array.from({ length: Math.ceil(whole.length / size) }, (_, i) => whole.subarray(i * size, (i + 1) * size));
    expect(read(pieces)).toEqual(wanted);
  });

  it('is cut to the range asked for, and a series without a sample in it is left out', () => {
    expect(read(frames, { start: 10, end: 12 }).series).toEqual([
      { name: 'up', labels: { job: 'a' }, times: Float64Array.of(10, 11, 12), values: Float64Array.of(10, 11, 12) },
    ]);
  });

  it('may be empty', () => {
    expect(read([])).toEqual({ series: [], histogramChunks: 0 });
  });

  it('leaves native histograms out and counts their chunks', () => {
    expect(read([encodeFrame(up, [chunk(0, 2)], 2), encodeFrame(down, [chunk(0, 1)])])).toMatchObject({
      series: [{ name: 'down' }],
      histogramChunks: 1,
    });
  });

  it.each([
    ['ends within a frame', [frames[0].subarray(0, 50)], /ends within/],
    ['ends within a length', [Uint8Array.of(0x80)], /ends within/],
    ['has a bit flipped', [frames[0].map((byte, i) => (i === 40 ? byte ^ 1 : byte))], /checksum/],
    ['announces a frame of gigabytes', [Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0, 0)], /want at most/],
    ['has a length without end', [new Uint8Array(20).fill(0x80)], /want at most/],
  ])('is refused where it %s', (_, pieces, message) => {
    expect(() => read(pieces)).toThrow(message);
  });

  it('is refused where it holds more samples than allowed', () => {
    expect(() => read(frames, { maxSamples: 127 })).toThrow(expect.objectContaining({ name: 'TooManyChunkSamplesError' }));
  });
});
