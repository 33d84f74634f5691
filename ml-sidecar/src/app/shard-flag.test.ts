import { expect, test } from 'vitest';
import { shardOf } from './shard-flag.ts';

test.each(['3/3', '-1/3', '1', '1/0', '0/10001', 'a/b', '1/3/5', ' 1/3', '1.0/3'])('--shard=%s is refused', (text) => {
  expect(() => shardOf(text, ['instance'])).toThrow(`--shard: got ${JSON.stringify(text)}, want i/n with i from 0 to n − 1`);
});

test.each([
  [['instance', 'quantile'], 'got "quantile"'],
  [['watch'], 'got "watch"'],
  [[], 'got ""'],
])('--shard.labels %j is refused', (labels, finding) => {
  expect(() => shardOf('0/2', labels)).toThrow(`--shard.labels: ${finding}, want labels of the series that Presage does not set itself`);
});

test('without the flag there are no shards, and 2/3 is the last of three', () => {
  expect(shardOf('', ['instance'])).toBeUndefined();
  expect(shardOf('2/3', ['instance', 'job'])).toMatchObject({ index: 2, count: 3, labels: ['instance', 'job'] });
});
