import type { MessageBus } from '@jellybrick/dbus-next';
import type { EventEmitter } from 'node:events';
import type { BusCall, BusReply } from './helper-protocol.ts';

/** Calls in flight at a time: the system bus lets a connection wait for 128 replies (dbus-daemon(1), max_replies_per_connection). */
const MOST_WAITING = 64;

type Library = typeof import('@jellybrick/dbus-next');

/** A connection, and a promise that rejects when it breaks. */
interface Connection {
  readonly library: Library;
  readonly bus: MessageBus;
  readonly broken: Promise<never>;
}

/**
 * Calls methods over a message bus. Runs in the helper process alone: the library is loaded there at the first call, and a bus that
 * hangs ends with that process. Each time connects anew, because the library does not tell when the other side has closed. Throws
 * where the bus cannot be reached.
 */
export async function callBus(address: string, calls: readonly BusCall[]): Promise<BusReply[]> {
  const connection = await connect(address);
  const replies: BusReply[] = [];
  const remaining = calls.entries();
  const work = async () => {
    for (const [index, call] of remaining) replies[index] = await callOne(connection, call);
  };
  try {
    await Promise.all(Array.from({ length: MOST_WAITING }, work));
  } finally {
    connection.bus.disconnect();
  }
  return replies;
}

async function connect(address: string): Promise<Connection> {
  const library = await import('@jellybrick/dbus-next');
  const bus = library.sessionBus({ busAddress: address });
  // The library's types leave out the event `error`.
  const events: EventEmitter = bus;
  const broken = new Promise<never>((_, reject) => events.on('error', reject));
  broken.catch(() => undefined);
  return { library, bus, broken };
}

/** An error that the other side answers is a reply; one of the connection is thrown. */
async function callOne({ library, bus, broken }: Connection, call: BusCall): Promise<BusReply> {
  const { arguments: body = [], ...head } = call;
  try {
    const message = new library.Message({ ...head, signature: 's'.repeat(body.length), body: [...body] });
    const reply = await Promise.race([bus.call(message), broken]);
    return { value: plain(library, reply?.body[0]) };
  } catch (error) {
    if (error instanceof library.DBusError) return { error: `${error.type}: ${error.message}` };
    throw error;
  }
}

/** A value as JSON can carry it: 64-bit integers as doubles, the largest of them as 2⁶⁴. */
function plain(library: Library, value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof library.Variant) return plain(library, value.value);
  return Array.isArray(value) ? value.map((each: unknown) => plain(library, each)) : value;
}
