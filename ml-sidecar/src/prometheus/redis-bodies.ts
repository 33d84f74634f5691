import { errorText } from '@presage/service/log.ts';
import { Redis, type RedisOptions } from 'ioredis';
import { outliveErrors } from './outlive-errors.ts';
import { type BodyIntakeOptions, type BodyTransport, takeIn } from './body-intake.ts';

export interface RedisBodiesOptions extends BodyIntakeOptions {
  /** redis:// or rediss://, with user and password where there are some. */
  readonly url: string;
  /** Certificates for rediss://. */
  readonly tls?: RedisOptions['tls'];
  /** Key of the stream. A fleet that splits series has one for each shard. */
  readonly stream: string;
  /** Consumer group: each body goes to one of its members. */
  readonly group: string;
  /** Name of this member; the same after a restart, so that it takes up what it had not finished. */
  readonly consumer: string;
  /** Seconds after which a body that another member took and did not finish is taken from it. */
  readonly claimSeconds: number;
  /** Seconds of any clock that does not run backwards. */
  readonly now: () => number;
}

/** Field of a stream entry that holds the body. */
export const bodyField = 'body';

/** Bodies read at a time, and how long a read waits for the first. */
const batch = 16;
const blockMs = 1000;
const backOffSeconds = 1;

/** Takes remote-write bodies from a Redis stream (XADD key * body …); each is acknowledged once the receiver has queued it. */
export function createRedisBodies(options: RedisBodiesOptions): BodyTransport {
  return { run: () => runReader(options) };
}

async function runReader(options: RedisBodiesOptions): Promise<void> {
  const { tls } = options;
  const redis = new Redis(options.url, {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    enableReadyCheck: true,
    ...(tls === undefined ? {} : { tls }),
  });
  let isReady = false;
  outliveErrors(redis).on('error', (error: Error) => options.onError?.(`redis: ${errorText(error)}`));
  redis.on('ready', () => {
    isReady = true;
    options.onWell?.();
  });
  // A Redis that is back before the first attempt to reach it was away all the same.
  redis.on('close', () => {
    if (isReady && !options.signal.aborted) options.onError?.('redis: the connection was lost');
    isReady = false;
  });
  let leave = (): void => {};
  const left = new Promise<void>((resolve) => void (leave = resolve));
  const stop = (): void => {
    // What waits for a connection would wait for ever, as the client neither sends nor refuses it.
    if (redis.status !== 'ready') leave();
    redis.disconnect();
  };
  options.signal.addEventListener('abort', stop);
  try {
    while (!options.signal.aborted) {
      try {
        await Promise.race([readOn(redis, options), left]);
      } catch (error) {
        if (options.signal.aborted) break;
        options.onError?.(`redis: ${errorText(error)}`);
        await options.sleep(backOffSeconds);
      }
    }
  } finally {
    options.signal.removeEventListener('abort', stop);
    redis.disconnect();
  }
}

/** First what this member had left unfinished, then what others did, then what is new. */
async function readOn(redis: Redis, options: RedisBodiesOptions): Promise<void> {
  await ensureGroup(redis, options);
  await takeUnfinished(redis, options);
  for (let claimed = -Infinity; !options.signal.aborted;) {
    if (options.now() - claimed >= options.claimSeconds) {
      await claimFromOthers(redis, options);
      claimed = options.now();
    }
    await takeEntries(redis, options, entriesOf(await readGroup(redis, options, '>')));
  }
}

async function ensureGroup(redis: Redis, { stream, group }: RedisBodiesOptions): Promise<void> {
  try {
    // From the first entry on: what was sent before the first member came is to be read as well.
    await redis.xgroup('CREATE', stream, group, '0', 'MKSTREAM');
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error;
  }
}

async function takeUnfinished(redis: Redis, options: RedisBodiesOptions): Promise<void> {
  for (let entries = entriesOf(await readGroup(redis, options, '0')); entries.length > 0 && !options.signal.aborted;) {
    await takeEntries(redis, options, entries);
    entries = entriesOf(await readGroup(redis, options, '0'));
  }
}

async function claimFromOthers(redis: Redis, options: RedisBodiesOptions): Promise<void> {
  const { stream, group, consumer, claimSeconds } = options;
  const idle = Math.round(claimSeconds * 1000);
  const answer: unknown = await redis.callBuffer('XAUTOCLAIM', stream, group, consumer, String(idle), '0', 'COUNT', String(batch));
  if (Array.isArray(answer)) await takeEntries(redis, options, readEntries(answer[1]));
}

function readGroup(redis: Redis, { stream, group, consumer }: RedisBodiesOptions, from: '>' | '0'): Promise<unknown> {
  const wait = from === '>' ? ['BLOCK', String(blockMs)] : [];
  return redis.callBuffer('XREADGROUP', 'GROUP', group, consumer, 'COUNT', String(batch), ...wait, 'STREAMS', stream, from);
}

async function takeEntries(redis: Redis, options: RedisBodiesOptions, entries: readonly Entry[]): Promise<void> {
  for (const { id, body } of entries) {
    if (body === undefined) options.onDrop?.(`stream entry ${id}: has no field ${JSON.stringify(bodyField)}`);
    else if (!(await takeIn(body, options))) return;
    await redis.xack(options.stream, options.group, id);
  }
}

interface Entry {
  readonly id: string;
  readonly body: Buffer | undefined;
}

/** XREADGROUP answers [[key, entries]], or null where nothing came. */
function entriesOf(answer: unknown): readonly Entry[] {
  if (!Array.isArray(answer)) return [];
  const [first]: readonly unknown[] = answer;
  return Array.isArray(first) ? readEntries(first[1]) : [];
}

/** Entries are [id, [field, value, …]]; the fields of one that was deleted meanwhile are null. */
function readEntries(list: unknown): readonly Entry[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown): readonly Entry[] => {
    if (!Array.isArray(entry) || !Buffer.isBuffer(entry[0])) return [];
    const fields: readonly unknown[] = Array.isArray(entry[1]) ? entry[1] : [];
    const at = fields.findIndex((field, i) => i % 2 === 0 && Buffer.isBuffer(field) && field.toString() === bodyField);
    const body = at < 0 ? undefined : fields[at + 1];
    return [{ id: entry[0].toString(), body: Buffer.isBuffer(body) ? body : undefined }];
  });
}
