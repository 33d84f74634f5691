import { closeSync, constants, existsSync, openSync, readFileSync } from 'node:fs';
import type { BusCall, BusReply } from '../host/helper-protocol.ts';

/**
 * A message bus whose replies were recorded in a file of the fixture host: a JSON object of `path member arguments` → value. What is
 * not in it answers with an error; without the file there is no bus.
 */
export function recordedBus(file: string): (address: string, calls: readonly BusCall[]) => Promise<readonly BusReply[]> {
  return async (address, calls) => {
    if (!existsSync(file)) throw new Error(`connect ENOENT ${address}`);
    const recorded: unknown = JSON.parse(readText(file));
    if (typeof recorded !== 'object' || recorded === null) throw new Error(`${file}: want an object`);
    const replies = new Map<string, unknown>(Object.entries(recorded));
    return calls.map((call) => {
      const key = [call.path, call.member, ...(call.arguments ?? [])].join(' ');
      return replies.has(key) ? { value: replies.get(key) } : { error: `org.freedesktop.DBus.Error.UnknownObject: ${key}` };
    });
  };
}

/** Does not wait for a writer where a test has put a FIFO. */
function readText(file: string): string {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}
