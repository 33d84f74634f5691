import { describe, expect, it } from 'vitest';
import { matchesSeries } from './matcher.ts';
import type { MatrixSeries } from './matrix.ts';
import { ProtobufReader, ProtobufWriter, wire } from './protobuf.ts';
import { decodeReadRequest, type ReadLimits, type ReadSource, readHandler } from './remote-read.ts';
import { snappyCompress, snappyDecompress } from './snappy.ts';

interface Question {
  readonly startMs?: number;
  readonly endMs?: number;
  readonly matchers?: readonly (readonly [type: number, label: string, pattern: string])[];
  readonly accepted?: readonly number[];
}

describe('decodeReadRequest', () => {
  it('reads range, matchers and hints', () => {
    const [query] = decodeReadRequest(
      request([
        {
          startMs: 1000,
          endMs: 2000,
          matchers: [
            [0, '__name__', 'presage_forecast'],
            [3, 'job', 'a.*'],
          ],
        },
      ]),
      1000,
    );
    expect(query).toMatchObject({ startMs: 1000, endMs: 2000, hints: { stepMs: 15_000, function: 'rate', rangeMs: 300_000 } });
    expect(query.matchers.map(({ label, operator, pattern }) => label + operator + pattern)).toEqual([
      '__name__=presage_forecast',
      'job!~a.*',
    ]);
  });

  it('clamps a range from the smallest to the largest int64', () => {
    const body = Uint8Array.from([
      0x0a, 22, 0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
      0x7f, 0x20,
    ]).subarray(0, 23);
    const [query] = decodeReadRequest(snappyCompress(Uint8Array.from([0x0a, body.length - 2, ...body.subarray(2)])), 1000);
    expect([query.startMs, query.endMs]).toEqual([-8.64e15, 8.64e15]);
    expect(Number.isNaN(new Date(query.startMs).getTime())).toBe(false);
  });

  it.each([
    ['bytes that are not snappy', Uint8Array.of(1, 2, 3), 400],
    ['nothing', new Uint8Array(0), 400],
    ['snappy of bytes that are not protobuf', snappyCompress(Uint8Array.of(0x0a, 0x50)), 400],
    ['a matcher of an unknown type', request([{ matchers: [[4, 'a', 'b']] }]), 400],
    ['a matcher whose expression is none', request([{ matchers: [[2, 'a', '(']] }]), 400],
    ['an asker who takes chunks alone', request([{ accepted: [1] }]), 400],
    ['a request over the limit', request([{ matchers: [[0, 'a', 'b'.repeat(2000)]] }]), 400],
  ])('refuses %s', (_, body, status) => {
    expect(() => decodeReadRequest(body, 1000)).toThrow(expect.objectContaining({ name: 'ReadRequestError', status }));
  });
});

describe('readHandler', () => {
  const series: readonly MatrixSeries[] = [
    {
      name: 'presage_forecast',
      labels: { zone: 'ü', _a: 'x', instance: 'a' },
      times: Float64Array.of(1, 2, 3.5),
      values: Float64Array.of(1, NaN, Infinity),
    },
    { name: 'presage_forecast', labels: { instance: 'b', empty: '' }, times: Float64Array.of(-1, 5), values: Float64Array.of(7, -0.1) },
  ];
  const source: ReadSource = { select: (matchers) => series.filter(({ name, labels }) => matchesSeries(matchers, name, labels)) };
  const ask = (questions: readonly Question[], limits?: ReadLimits) => readResponse(readHandler(source, limits)(request(questions)));

  it('gives the series that match, labels sorted by bytes, empty ones left out, samples of the range alone', () => {
    expect(ask([{ startMs: 2000, endMs: 5000, matchers: [[0, '__name__', 'presage_forecast']] }])).toEqual([
      [
        {
          labels: [
            ['__name__', 'presage_forecast'],
            ['_a', 'x'],
            ['instance', 'a'],
            ['zone', 'ü'],
          ],
          samples: [
            [2000, NaN],
            [3500, Infinity],
          ],
        },
        {
          labels: [
            ['__name__', 'presage_forecast'],
            ['instance', 'b'],
          ],
          samples: [[5000, -0.1]],
        },
      ],
    ]);
  });

  it('answers each query of a request in its own result, an empty one included', () => {
    const answer = ask([
      { endMs: 9000, matchers: [[1, 'instance', 'a']] },
      { endMs: 9000, matchers: [[2, 'instance', 'c|d']] },
    ]);
    expect(answer.map((result) => result.length)).toEqual([1, 0]);
  });

  it('gives negative times and a range that ends before it starts', () => {
    expect(ask([{ startMs: -2000, endMs: 0, matchers: [[0, 'instance', 'b']] }])[0][0].samples).toEqual([[-1000, 7]]);
    expect(ask([{ startMs: 3000, endMs: 1000 }])).toEqual([[]]);
  });

  it('refuses an answer of too many samples', () => {
    expect(() => ask([{ endMs: 9000 }], { maxSamples: 3 })).toThrow(expect.objectContaining({ status: 413 }));
  });
});

function request(questions: readonly Question[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const { startMs = 0, endMs = 0, matchers = [], accepted = [1, 0] } of questions) {
    const query = new ProtobufWriter();
    query.tag(1, wire.varint);
    query.varint(startMs);
    query.tag(2, wire.varint);
    query.varint(endMs);
    for (const [type, label, pattern] of matchers) {
      const matcher = new ProtobufWriter();
      matcher.tag(1, wire.varint);
      matcher.varint(type);
      matcher.string(2, label);
      matcher.string(3, pattern);
      query.content(3, matcher.finish());
    }
    // ReadHints { step_ms = 1, func = 2, range_ms = 7 }
    query.content(4, Uint8Array.of(0x08, 0x98, 0x75, 0x12, 4, 0x72, 0x61, 0x74, 0x65, 0x38, 0xe0, 0xa7, 0x12));
    writer.content(1, query.finish());
    for (const type of accepted) {
      writer.tag(2, wire.varint);
      writer.varint(type);
    }
  }
  return snappyCompress(writer.finish());
}

function readResponse(body: Uint8Array) {
  const results = [];
  const reader = new ProtobufReader(snappyDecompress(body, 1e6));
  while (reader.next()) {
    const result = [];
    const inner = reader.message();
    while (inner.next()) result.push(readSeries(inner.message()));
    results.push(result);
  }
  return results;
}

function readSeries(reader: ProtobufReader) {
  const labels: string[][] = [];
  const samples: number[][] = [];
  while (reader.next()) {
    const message = reader.message();
    const fields: string[] = [];
    let value = 0;
    let timeMs = 0;
    while (message.next()) {
      if (reader.field === 1) fields.push(message.string());
      else if (message.field === 1) value = message.double();
      else timeMs = message.int64();
    }
    if (reader.field === 1) labels.push(fields);
    else samples.push([timeMs, value]);
  }
  return { labels, samples };
}
