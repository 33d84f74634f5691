import { describe, expect, it, test } from 'vitest';
import { seededRandom } from '../stats/random.ts';
import { covers, createShard, hashmod } from './shard.ts';

/** As hashmod of Prometheus 2.42 gives them (test/end-to-end/shards.test.ts asks the real one). */
const known: readonly (readonly [text: string, modulus: number, wanted: number])[] = [
  ['', 7, Number(0xe9800998ecf8427en % 7n)],
  ['a', 1, 0],
  ['a', 1_000_000_007, Number(0x31c399e269772661n % 1_000_000_007n)],
];

// RFC 1321, A.5: MD5("") = d41d8cd98f00b204 e9800998ecf8427e, MD5("a") = 0cc175b9c0f1b6a8 31c399e269772661.
test.each(known)('hashmod of %j modulo %i takes the last 8 bytes of the MD5', (text, modulus, wanted) => {
  expect(hashmod(text, modulus)).toBe(wanted);
});

const random = seededRandom(8);
const word = (): string => Math.floor(random() * 2 ** 40).toString(36);
const series = Array.from({ length: 500 }, (_, i) => ({
  ...(i % 9 === 0 ? {} : { instance: `${word()}:9100` }),
  ...(i % 4 === 0 ? { job: ['node', 'jöb;', ''][i % 3] } : {}),
  device: word(),
}));

describe.each([1, 2, 3, 4, 5, 6, 7])('%i shards', (count) => {
  it.each([[['instance']], [['instance', 'job']], [['absent']]])('by %j own every series exactly once', (labels) => {
    const shards = Array.from({ length: count }, (_, index) => createShard({ index, count, labels }));
    expect(series.map((one) => shards.filter((shard) => shard.owns(one)).length)).toEqual(series.map(() => 1));
  });
});

it('keeps the series of a host together, and spreads hosts', () => {
  const shards = [0, 1, 2].map((index) => createShard({ index, count: 3, labels: ['instance'] }));
  const ofHost = (host: string) => shards.findIndex((shard) => shard.owns({ instance: host, device: word() }));
  const hosts = Array.from({ length: 300 }, () => word());
  expect(hosts.map(ofHost)).toEqual(hosts.map(ofHost));
  for (const index of [0, 1, 2]) expect(hosts.filter((host) => ofHost(host) === index).length).toBeGreaterThan(70);
});

const place = (index: number, count: number, labels = ['instance']) => ({ index, count, labels });

test.each([
  ['the whole and a shard', undefined, place(1, 3), true],
  ['0/1 and a shard', place(0, 1), place(1, 3), true],
  ['a shard and itself', place(1, 3), place(1, 3), true],
  ['a shard and half of it', place(1, 3), place(4, 6), true],
  ['a shard and half of another', place(1, 3), place(3, 6), false],
  ['a shard and one of more, not split', place(0, 2), place(0, 3), false],
  ['a shard and one of fewer', place(0, 4), place(0, 2), false],
  ['a shard and the whole', place(0, 2), undefined, false],
  ['shards by other labels', place(0, 2), place(0, 2, ['job']), false],
])('%s', (_name, before, now, wanted) => {
  expect(covers(before, now)).toBe(wanted);
  const [old, next] = [before, now].map((one) => createShard(one ?? place(0, 1)));
  expect(series.every((one) => !next.owns(one) || old.owns(one))).toBe(wanted);
});
