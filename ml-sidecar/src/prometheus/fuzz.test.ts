import { expect, it } from 'vitest';
import { type ChunkedSamples, createChunkedReader } from './chunked-response.ts';
import { createDice, damage, type Dice } from '@presage/service/fuzz.ts';
import { parseMatrixAnswer } from './matrix-answer.ts';
import { PrometheusError } from './prometheus-error.ts';
import { ProtobufError } from './protobuf.ts';
import { ReadRequestError, readHandler } from './remote-read.ts';
import { createWriteReceiver } from './remote-write.ts';
import { snappyCompress, snappyDecompress, SnappyError } from './snappy.ts';
import { encodeWriteBody, type WriteSample, type WriteSeries } from './write-encoder.ts';
import { bitsOf, encodeFrame, encodeXorChunk } from './xor-chunk.fixture.ts';
import { ChunkError } from './xor-chunk.ts';

// PRESAGE_FUZZ_CASES=100000 PRESAGE_FUZZ_SEED=7 npx vitest run --project unit ml-sidecar/src/prometheus/fuzz
const cases = Number(process.env.PRESAGE_FUZZ_CASES ?? 4000);
const seed = Number(process.env.PRESAGE_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const timeout = 20_000 + cases * 5;
console.log(`fuzz: ${cases} cases, PRESAGE_FUZZ_SEED=${seed}`);

const now = 1_790_000_000;

it(`the remote-write receiver survives ${cases} bodies of seed ${seed}`, { timeout }, () => {
  const dice = createDice(seed);
  const unlimited = { samplesPerSecond: 1e12, burstSamples: 1e12 };
  const limits = { maxSeries: 500, maxSamples: 5000, maxBodyBytes: 2 ** 20, maxDecodedBytes: 2 ** 20, ...unlimited };
  let ids = 0;
  let time = now;
  const receiver = createWriteReceiver({
    accept: () => ({ id: ids++, tolerance: dice.below(60) }),
    now: () => time,
    seed: dice.below(1e9),
    limits,
  });
  const statuses = new Set<number>();
  for (let i = 0; i < cases; i++) {
    time += dice.below(3);
    const body = hostileBody(dice, time);
    const { status } = receiver.receive({ body, contentType: 'application/x-protobuf', contentEncoding: 'snappy', sender: 'a' });
    statuses.add(status);
    expect(receiver.seriesCount()).toBeLessThanOrEqual(limits.maxSeries);
    for (let batch = receiver.take(); batch; batch = receiver.take()) {
      expect(batch.times.every((at) => at > 0 && at <= time + 600)).toBe(true);
      expect(batch.ids.every((id) => id >= 0 && id < ids)).toBe(true);
    }
    expect(receiver.queuedSamples()).toBe(0);
  }
  expect(statuses).toEqual(new Set([204, 400, 413]));
  time += 7200;
  receiver.receive({
    body: encodeWriteBody([series('sound', [{ timeMs: time * 1000, value: 5 }])]),
    contentType: '',
    contentEncoding: '',
    sender: 'a',
  });
  expect(receiver.take()!.values).toEqual(Float64Array.of(5));
});

it(`the remote-read handler survives ${cases} requests of seed ${seed}`, { timeout }, () => {
  const dice = createDice(seed);
  const times = Float64Array.from({ length: 100 }, (_, i) => now + i);
  const handle = readHandler(
    { select: () => [{ name: 'presage_forecast', labels: { a: 'b' }, times, values: times }] },
    { maxSamples: 10_000 },
  );
  // Query { start = now, end = now + 50 s, __name__ = "x", job =~ "a.*" }
  const query = [0x08, ...varint(now * 1000), 0x10, ...varint((now + 50) * 1000)];
  const matchers = [
    0x1a,
    13,
    0x12,
    8,
    ...text('__name__'),
    0x1a,
    1,
    120,
    0x1a,
    12,
    0x08,
    2,
    0x12,
    3,
    ...text('job'),
    0x1a,
    3,
    ...text('a.*'),
  ];
  const message = Uint8Array.from([0x0a, query.length + matchers.length, ...query, ...matchers]);
  let answered = 0;
  for (let i = 0; i < cases; i++) {
    const body = dice.below(2) === 0 ? snappyCompress(damage(message, dice)) : damage(snappyCompress(message), dice);
    const answer = attempt(() => handle(body), ReadRequestError);
    if (answer) answered += 1;
  }
  expect(answered).toBeGreaterThan(cases / 100);
});

it(`the readers of answers survive ${cases} answers of seed ${seed}`, { timeout }, () => {
  const dice = createDice(seed);
  const metric = '"metric":{"__name__":"m","a":"\\u00fc"}';
  const json = `{"status":"success","data":{"resultType":"matrix","result":[{${metric},"values":[[1,"2"],[3.5,"NaN"]],"histograms":[[1,{}]]}]}}`;
  const chunk = encodeXorChunk(Array.from({ length: 30 }, (_, i) => [now * 1000 + i * 15_000, bitsOf(Math.sin(i))] as const));
  let read = 0;
  for (let i = 0; i < cases; i++) {
    const answer = attempt(() => parseMatrixAnswer(damage(Buffer.from(json), dice)), PrometheusError);
    // Damaged before it was framed, so that the checksum fits.
    const frames = encodeFrame({ __name__: 'm' }, [damage(chunk, dice), chunk]);
    const streamed = attempt(() => readFrames(dice.below(2) === 0 ? frames : damage(frames, dice)), ChunkError, ProtobufError);
    read += (answer ? 1 : 0) + (streamed ? 1 : 0);
    expect(streamed?.series.every(({ times, values }) => times.length === values.length && times.length < 70_000)).not.toBe(false);
  }
  expect(read).toBeGreaterThan(cases / 10);
});

it(`snappy gives back ${cases / 10} inputs of seed ${seed} and survives their damage`, { timeout }, () => {
  const dice = createDice(seed);
  for (let i = 0; i < cases / 10; i++) {
    const alphabet = 1 + dice.below(256);
    const input = Uint8Array.from({ length: dice.below(3000) }, () => dice.below(alphabet));
    const block = snappyCompress(input);
    expect(Buffer.compare(snappyDecompress(block, input.length), input)).toBe(0);
    const output = attempt(() => snappyDecompress(damage(block, dice), 10_000), SnappyError);
    expect((output ?? input).length).toBeLessThanOrEqual(10_000);
  }
});

function readFrames(bytes: Uint8Array): ChunkedSamples {
  const reader = createChunkedReader({ maxFrameBytes: 1e6, maxSamples: 1e5, start: 0, end: Infinity });
  reader.push(bytes);
  return reader.finish();
}

function attempt<T>(run: () => T, ...expected: readonly (new (...parameters: never[]) => Error)[]): T | undefined {
  try {
    return run();
  } catch (error) {
    if (expected.some((kind) => error instanceof kind)) return undefined;
    throw error;
  }
}

function hostileBody(dice: Dice, time: number): Uint8Array {
  const kind = dice.below(100);
  if (kind === 0)
    return Uint8Array.from([...varint(2 ** (10 + dice.below(40))), ...Array.from({ length: dice.below(100) }, () => dice.below(256))]);
  if (kind === 1) return snappyCompress(new Uint8Array(dice.below(60)).fill(0xff));
  if (kind < 4) return dice.pick(largeBodies);
  const body = encodeWriteBody(Array.from({ length: 1 + dice.below(6) }, () => oddSeries(dice, time)));
  if (kind < 40) return body;
  return kind < 70 ? damage(body, dice) : snappyCompress(damage(snappyDecompress(body, 1e7), dice));
}

/** At or over a limit each: label count, samples, decompressed bytes, bytes. */
const largeBodies: readonly Uint8Array[] = [
  encodeWriteBody([{ labels: labelSet(createDice(1), 10_000), samples: [{ timeMs: now * 1000, value: 1 }] }]),
  encodeWriteBody([
    series(
      'x',
      Array.from({ length: 5001 }, (_, i) => ({ timeMs: now * 1000 + i, value: i })),
    ),
  ]),
  snappyCompress(new Uint8Array(2 ** 20)),
  snappyCompress(new Uint8Array(2 ** 20 + 1)),
  new Uint8Array(2 ** 20 + 1),
];

function oddSeries(dice: Dice, time: number): WriteSeries {
  const samples = Array.from({ length: dice.below(5) }, (): WriteSample => {
    const near = time * 1000 + dice.below(60_000) - 30_000;
    const timeMs = dice.pick([near, near, near, near, 0, -1, 2 ** 53, -(2 ** 63), 2 ** 62, near + 86_400_000]);
    return { timeMs, value: dice.pick<WriteSample['value']>([dice.uniform(), 0, -0, NaN, Infinity, -Infinity, 1e308, 5e-324, 'stale']) };
  });
  return { labels: labelSet(dice, dice.below(5)), samples };
}

function labelSet(dice: Dice, count: number): Record<string, string> {
  const odd = ['', 'ü', '\u0000', '\ud800', '𝒳', '__proto__', 'constructor', 'x'.repeat(200)];
  const labels: Record<string, string> = { __name__: dice.pick(['up', 'node_load1', '', 'µ']) };
  for (let i = 0; i < count; i++)
    labels[dice.below(4) === 0 ? dice.pick(odd) : `l${i}`] = dice.below(3) === 0 ? dice.pick(odd) : String(dice.below(1000));
  return labels;
}

function series(name: string, samples: readonly WriteSample[]): WriteSeries {
  return { labels: { __name__: name }, samples };
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest < 128 ? rest : (rest % 128) | 128);
    if (rest < 128) return bytes;
  }
}

function text(value: string): number[] {
  return [...new TextEncoder().encode(value)];
}
