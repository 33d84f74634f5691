import { describe, expect, it } from 'vitest';
import { ProtobufWriter } from './protobuf.ts';
import { now, one, pair, receiverOf, rows } from './remote-write.fixture.ts';
import { snappyCompress } from './snappy.ts';
import { encodeWriteBody } from './write-encoder.ts';

describe('a body', () => {
  it('becomes a batch of its samples, each label set parsed once', () => {
    const { receiver, asked, send } = receiverOf();
    const series = (value: number, time: number) => [
      one({ __name__: 'up', job: 'a' }, [time, value]),
      one({ __name__: 'up', job: 'b' }, [time, 2 * value]),
    ];
    expect(send(series(1, now)).status).toBe(204);
    expect(send(series(2, now + 1)).status).toBe(204);
    expect(send(series(3, now + 2).reverse()).status).toBe(204);
    expect(rows(receiver)).toEqual([
      [0, now, 1],
      [1, now, 2],
      [0, now + 1, 2],
      [1, now + 1, 4],
      [1, now + 2, 6],
      [0, now + 2, 3],
    ]);
    expect(asked).toEqual([
      ['up', { job: 'a' }],
      ['up', { job: 'b' }],
    ]);
    expect(receiver.counts).toMatchObject({ accepted: 6, duplicate: 0 });
  });

  it('may hold several samples a series, value 0, NaN and infinities', () => {
    const { receiver, send } = receiverOf();
    send([one({ __name__: 'up' }, [now, 0], [now + 0.5, NaN], [now + 1, -Infinity], [now + 2, -0.5])]);
    expect(rows(receiver)).toEqual([
      [0, now, 0],
      [0, now + 0.5, NaN],
      [0, now + 1, -Infinity],
      [0, now + 2, -0.5],
    ]);
  });

  it('says by a stale marker that a series ended, which no other NaN does', () => {
    const { receiver, send } = receiverOf();
    send([one({ __name__: 'up' }, [now, NaN], [now + 1, 'stale'])]);
    const batch = receiver.take();
    expect([...batch!.ended]).toEqual([0, 1]);
    expect([...batch!.values]).toEqual([NaN, NaN]);
  });

  it('may be empty or hold metadata, exemplars and native histograms alone', () => {
    const { receiver, post } = receiverOf();
    expect(post(snappyCompress(new Uint8Array(0))).status).toBe(204);
    const series = new ProtobufWriter();
    series.content(1, pair('__name__', 'h'));
    series.content(3, Uint8Array.of(0x11, 0, 0, 0, 0, 0, 0, 0, 0));
    series.content(4, Uint8Array.of(0x08, 5));
    const body = new ProtobufWriter();
    body.content(1, series.finish());
    body.content(3, Uint8Array.of(0x08, 1));
    expect(post(snappyCompress(body.finish())).status).toBe(204);
    expect(rows(receiver)).toEqual([]);
    expect(receiver.counts).toMatchObject({ accepted: 0, histogram: 1 });
  });

  it.each([
    ['nothing', new Uint8Array(0), 400],
    ['no snappy', Uint8Array.of(9, 9, 9), 400],
    ['a snappy bomb', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f), 400],
    ['protobuf cut off', snappyCompress(Uint8Array.of(0x0a, 0x7f, 0x0a)), 400],
    ['a varint without end', snappyCompress(new Uint8Array(30).fill(0xff)), 400],
    ['field 0', snappyCompress(Uint8Array.of(0, 0)), 400],
    ['a group', snappyCompress(Uint8Array.of(0x0b, 0x0c)), 400],
    ['a label behind a sample', snappyCompress(Uint8Array.of(0x0a, 4, 0x12, 0, 0x0a, 0)), 400],
    ['a sample cut off within its value', snappyCompress(Uint8Array.of(0x0a, 4, 0x12, 2, 0x09, 0)), 400],
    ['more bytes than allowed', new Uint8Array(2000), 413],
    [
      'more samples than allowed',
      encodeWriteBody([one({ __name__: 'up' }, ...Array.from({ length: 101 }, (_, i) => [now + i, 1] as const))]),
      413,
    ],
  ])('with %s is refused and leaves nothing', (_, body, status) => {
    const { receiver, post } = receiverOf({ limits: { maxBodyBytes: 1999, maxSamples: 100 } });
    expect(post(body)).toMatchObject({ status, message: expect.stringMatching(/.+/) });
    expect(rows(receiver)).toEqual([]);
  });

  it('is all or nothing: what stands before the fault is not taken', () => {
    const { receiver, post, send } = receiverOf();
    const good = new ProtobufWriter();
    good.content(1, pair('__name__', 'up'));
    good.content(2, Uint8Array.of(0x10, 1));
    const body = new ProtobufWriter();
    body.content(1, good.finish());
    body.raw(Uint8Array.of(0x0a, 0x7f));
    expect(post(snappyCompress(body.finish())).status).toBe(400);
    send([one({ __name__: 'up' }, [0.001, 5])]);
    expect(rows(receiver)).toEqual([[0, 0.001, 5]]);
  });

  it.each([
    ['version 2', 'application/x-protobuf;proto=io.prometheus.write.v2.Request', 'snappy', 415],
    ['JSON', 'application/json', 'snappy', 415],
    ['gzip', 'application/x-protobuf', 'gzip', 415],
    ['version 1 by name', 'application/x-protobuf; proto=prometheus.WriteRequest', 'snappy', 204],
    ['no headers', '', '', 204],
  ])('of %s is answered %s', (_, contentType, contentEncoding, status) => {
    const { receiver } = receiverOf();
    expect(receiver.receive({ body: snappyCompress(new Uint8Array(0)), contentType, contentEncoding, sender: 'a' }).status).toBe(status);
  });
});

describe('samples', () => {
  it('that were there already are dropped, in the same body and in a later one', () => {
    const { receiver, send } = receiverOf();
    send([one({ __name__: 'up' }, [now, 1], [now, 2])]);
    send([one({ __name__: 'up' }, [now, 1], [now + 1, 3])]);
    expect(rows(receiver).map(([, time]) => time)).toEqual([now, now + 1]);
    expect(receiver.counts.duplicate).toBe(2);
  });

  it('may come out of order within the tolerance, each once', () => {
    const { receiver, send } = receiverOf({ accept: () => ({ id: 0, tolerance: 15 }) });
    send([
      one({ __name__: 'up' }, [now, 1], [now + 10, 1], [now + 5, 1], [now + 5, 1], [now + 10, 1], [now - 5, 1], [now - 4.9, 1], [now, 1]),
    ]);
    expect(rows(receiver).map(([, time]) => time)).toEqual([now, now + 10, now + 5, now - 4.9]);
    expect(receiver.counts).toMatchObject({ duplicate: 3, old: 1 });
  });

  it('that come too late to know whether they were there are called old', () => {
    const { receiver, send } = receiverOf({ accept: () => ({ id: 0, tolerance: 1000 }) });
    send([one({ __name__: 'up' }, ...Array.from({ length: 10 }, (_, i) => [now + i, 1] as const), [now, 1])]);
    expect(receiver.counts).toMatchObject({ accepted: 10, old: 1 });
  });

  it('from before what the consumer has are dropped', () => {
    const { receiver, send } = receiverOf({ accept: () => ({ id: 0, tolerance: 60, since: now }) });
    send([one({ __name__: 'up' }, [now - 1, 1], [now, 1], [now + 1, 1])]);
    expect(rows(receiver)).toEqual([[0, now + 1, 1]]);
    expect(receiver.counts).toMatchObject({ accepted: 1, duplicate: 1, old: 1 });
  });

  it('of the future and of before 1970 are dropped and spoil nothing', () => {
    const { receiver, send } = receiverOf();
    send([one({ __name__: 'up' }, [now + 601, 1], [9e15, 1], [-9e15, 1], [0, 1], [now, 1])]);
    expect(rows(receiver)).toEqual([[0, now, 1]]);
    expect(receiver.counts).toMatchObject({ future: 2, old: 2 });
  });

  it('of series that nobody wants are passed over, and the question is asked once', () => {
    const { receiver, asked, send } = receiverOf({ accept: () => undefined });
    send([one({ __name__: 'up' }, [now, 1])]);
    send([one({ __name__: 'up' }, [now + 1, 1])]);
    expect([rows(receiver), asked.length, receiver.counts.unwanted]).toEqual([[], 1, 2]);
  });
});

describe('back-pressure', () => {
  it('is a 503 while the queue is full', () => {
    const { receiver, send } = receiverOf({ limits: { maxQueuedSamples: 2 } });
    const next = (time: number) => send([one({ __name__: 'up' }, [time, 1], [time + 1, 1])]).status;
    expect([next(now), next(now + 2)]).toEqual([204, 503]);
    expect(receiver.queuedSamples()).toBe(2);
    receiver.take();
    expect(next(now + 2)).toBe(204);
  });

  it('is a 503 for a sender who sends more than it may, and for no other', () => {
    let time = now;
    const { send } = receiverOf({ now: () => time, limits: { samplesPerSecond: 1, burstSamples: 3 } });
    const next = (sender: string) => send([one({ __name__: 'up' }, [++time, 1], [time + 0.1, 1], [time + 0.2, 1])], sender);
    expect(next('a').status).toBe(204);
    expect(next('a')).toMatchObject({ status: 204 });
    expect(next('a')).toMatchObject({ status: 503, retryAfter: 1 });
    expect(next('b').status).toBe(204);
    time += 10;
    expect(next('a').status).toBe(204);
  });

  it('tells the consumer of each batch', () => {
    let heard = 0;
    const { send } = receiverOf({ onQueued: () => void (heard += 1) });
    send([one({ __name__: 'up' }, [now, 1])]);
    send([one({ __name__: 'up' }, [now, 1])]);
    expect(heard).toBe(1);
  });
});

it('asks anew for every series when told to, and takes none of its samples twice', () => {
  let wanted: (name: string) => { id: number; tolerance: number } | undefined = (name) =>
    name === 'a' ? { id: 1, tolerance: 60 } : undefined;
  const { receiver, send, asked } = receiverOf({ accept: (name) => wanted(name) });
  const both = (timeMs: number) =>
    send(['a', 'b'].map((name) => ({ labels: { __name__: name }, samples: [{ timeMs: now * 1000 + timeMs, value: 1 }] })));
  both(0);
  wanted = (name) => ({ id: name === 'a' ? 7 : 8, tolerance: 60 });
  both(1);
  expect([receiver.take()?.ids, receiver.take()?.ids]).toEqual([Int32Array.of(1), Int32Array.of(1)]);
  expect(asked).toHaveLength(2);
  receiver.reconsider();
  both(1);
  // Of the first, the sample was taken; of the second, none was wanted before.
  expect(receiver.take()?.ids).toEqual(Int32Array.of(8));
  both(2);
  expect(receiver.take()?.ids).toEqual(Int32Array.of(7, 8));
  expect(asked).toHaveLength(4);
  expect(receiver.counts.duplicate).toBe(1);
});
