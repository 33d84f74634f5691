import { describe, expect, it } from 'vitest';
import { ProtobufWriter, wire } from './protobuf.ts';
import { now, one, pair, receiverOf, rows } from './remote-write.fixture.ts';
import { snappyCompress } from './snappy.ts';
import { encodeWriteBody } from './write-encoder.ts';

describe('label sets', () => {
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`l${i}`, 'x']));
  it.each([
    ['without a name', encodeWriteBody([one({ job: 'a' }, [now, 1])])],
    ['of 10,000 labels', encodeWriteBody([one({ __name__: 'up', ...many }, [now, 1])])],
    ['of one endless label', encodeWriteBody([one({ __name__: 'up', a: 'x'.repeat(20_000) }, [now, 1])])],
    ['not in order', rawSeries(pair('job', 'a'), pair('__name__', 'up'))],
    ['with a name twice', rawSeries(pair('__name__', 'up'), pair('a', '1'), pair('a', '2'))],
    ['with an empty name', rawSeries(pair('', 'x'), pair('__name__', 'up'))],
    ['that are not UTF-8', rawSeries(Uint8Array.of(0x0a, 2, 0xc3, 0x28, 0x12, 1, 0x61), pair('__name__', 'up'))],
    ['that are not labels', rawSeries(Uint8Array.of(0x0a, 50))],
  ])('%s are counted and do not refuse the body', (_, body) => {
    const { receiver, asked, post, send } = receiverOf();
    expect(post(body).status).toBe(204);
    expect([receiver.counts.invalidLabels, receiver.seriesCount(), asked.length]).toEqual([1, 0, 0]);
    send([one({ __name__: 'up' }, [now, 1])]);
    expect(rows(receiver)).toEqual([[0, now, 1]]);
  });

  it('may hold any UTF-8, __proto__ and empty values', () => {
    const { asked, send } = receiverOf();
    send([
      one(
        Object.fromEntries([
          ['__name__', 'µ.x'],
          ['__proto__', '1'],
          ['𝒳', 'ü\u0000'],
          ['empty', ''],
        ]),
        [now, 1],
      ),
    ]);
    expect(asked).toEqual([
      [
        'µ.x',
        Object.fromEntries([
          ['__proto__', '1'],
          ['𝒳', 'ü\u0000'],
        ]),
      ],
    ]);
  });

  it('past the limit are counted, and room is made by forgetting what was not heard of', () => {
    let time = now;
    const { receiver, send } = receiverOf({ now: () => time, limits: { maxSeries: 100, idleSeconds: 300 } });
    const flood = (first: number, count: number) =>
      send(Array.from({ length: count }, (_, i) => one({ __name__: 'up', pod: `p${first + i}` }, [time, 1])));
    flood(0, 100);
    flood(100, 50);
    expect([receiver.seriesCount(), receiver.counts.seriesLimit]).toEqual([100, 50]);
    time += 400;
    flood(90, 60);
    expect([receiver.seriesCount(), receiver.counts.seriesLimit]).toEqual([60, 50]);
    rows(receiver);
    time += 1;
    flood(90, 60);
    expect(rows(receiver).map(([id]) => id)).toEqual(Array.from({ length: 60 }, (_, i) => 100 + i));
  });

  it('may be new by the 100,000 in a minute: no more are kept than there is room for, and the known ones go on', () => {
    let time = now;
    const { receiver, send } = receiverOf({ now: () => time, limits: { maxSeries: 5000 } });
    const statuses = new Set<number>();
    for (let second = 0; second < 60; second++, time++) {
      const churn = Array.from({ length: 1700 }, (_, i) => one({ __name__: 'up', pod: `p${second * 1700 + i}` }, [time, 1]));
      statuses.add(send([one({ __name__: 'known' }, [time, second]), ...churn]).status);
      receiver.take();
    }
    expect([...statuses]).toEqual([204]);
    expect([receiver.seriesCount(), receiver.counts.seriesLimit]).toEqual([5000, 60 * 1700 + 1 - 5000]);
    send([one({ __name__: 'known' }, [time, 7])]);
    expect(rows(receiver)).toEqual([[0, time, 7]]);
  });

  it('may be large, but not all of them', () => {
    const { receiver, send } = receiverOf({ limits: { maxSeries: 100 } });
    send(Array.from({ length: 20 }, (_, i) => one({ __name__: 'up', text: `${i}`.padEnd(10_000, 'x') }, [now, 1])));
    // 100 label sets of 1 KiB are the room that there is.
    expect([receiver.seriesCount(), receiver.counts.seriesLimit]).toEqual([11, 9]);
  });

  it('that ended are the first to be forgotten', () => {
    const { receiver, send } = receiverOf({ limits: { maxSeries: 2 } });
    send([one({ __name__: 'a' }, [now, 1]), one({ __name__: 'b' }, [now, 'stale'])]);
    send([one({ __name__: 'c' }, [now, 1])]);
    expect([receiver.seriesCount(), receiver.counts.seriesLimit]).toEqual([2, 0]);
    expect(rows(receiver).length).toBe(3);
  });

  it('that ended or were not heard of for long are forgotten once there are more of them than others', () => {
    let time = now;
    const { receiver, asked, send } = receiverOf({ now: () => time });
    const stays = (): ReturnType<typeof one>[] => Array.from({ length: 600 }, (_, i) => one({ __name__: 'stays', pod: `${i}` }, [time, 1]));
    const come = (run: string, value: number | 'stale') =>
      send([...stays(), ...Array.from({ length: 900 }, (_, i) => one({ __name__: 'up', pod: `${run}-${i}` }, [time, value]))]);
    for (let run = 0; run < 9; run++, time += 61) {
      come(`ends ${run}`, 1);
      time += 1;
      come(`ends ${run}`, 'stale');
      receiver.take();
      expect(receiver.seriesCount()).toBeLessThanOrEqual(600 + 3 * 900);
    }
    for (let run = 0; run < 9; run++, time += 1801) {
      come(`falls silent ${run}`, 1);
      receiver.take();
      expect(receiver.seriesCount()).toBeLessThanOrEqual(600 + 5 * 900);
    }
    // Those that stay were asked for once.
    expect(asked.length).toBe(600 + 18 * 900);
  });
});

function rawSeries(...labels: readonly Uint8Array[]): Uint8Array {
  const series = new ProtobufWriter();
  for (const label of labels) series.content(1, label);
  series.tag(2, wire.bytes);
  series.raw(Uint8Array.of(0));
  const body = new ProtobufWriter();
  body.content(1, series.finish());
  return snappyCompress(body.finish());
}
