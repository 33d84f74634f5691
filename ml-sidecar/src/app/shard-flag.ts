import { UsageError } from '@presage/service/command-line.ts';
import { listFlag, stringFlag } from '@presage/service/flags.ts';
import { isReserved } from '../watch/labels.ts';
import { createShard, type Shard } from '../watch/shard.ts';

/** Flags that say which part of all series a process is for. */
export const shardFlags = {
  shard: stringFlag({
    help: 'Part of all series that this process is for, i/n with i from 0 to n − 1, as Prometheus numbers hashmod; empty: all of them.',
  }),
  'shard.labels': listFlag({
    help: 'Label whose value decides; given several times, their values are joined by ; as source_labels are.',
    default: ['instance'],
  }),
} as const;

/** More shards than this are a slip of the hand. */
const mostShards = 10_000;

/** What the flags ask for; nothing where all series are asked for. Throws a UsageError. */
export function shardOf(text: string, labels: readonly string[]): Shard | undefined {
  if (text === '') return undefined;
  const [, index, count] = /^(\d{1,5})\/(\d{1,5})$/.exec(text)?.map(Number) ?? [];
  if (index === undefined || count === undefined || count < 1 || count > mostShards || index >= count)
    throw new UsageError(`--shard: got ${JSON.stringify(text)}, want i/n with i from 0 to n − 1, such as 0/3`);
  const reserved = labels.find((name) => isReserved(name));
  if (reserved !== undefined || labels.length === 0)
    throw new UsageError(
      `--shard.labels: got ${JSON.stringify(reserved ?? '')}, want labels of the series that Presage does not set itself`,
    );
  return createShard({ index, count, labels });
}
