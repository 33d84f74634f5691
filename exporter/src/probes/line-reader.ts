import type { Socket } from 'node:net';

/** Reads lines from a connection, without their ends. */
export interface LineReader {
  /** The next line, or the rest before the end; undefined after the end. Rejects for an error and for a line without end. */
  next(): Promise<string | undefined>;
  /** Takes its hands off the connection. */
  release(): void;
}

/** As Go's bufio.Scanner: a longer line is an error. */
const LONGEST_LINE = 64 * 1024;

export function readLines(socket: Socket): LineReader {
  let buffer = Buffer.alloc(0);
  let ended = false;
  let failure: Error | undefined;
  let wake = () => {};
  const onData = (part: Buffer) => {
    buffer = Buffer.concat([buffer, part]);
    wake();
  };
  const onEnd = () => {
    ended = true;
    wake();
  };
  const onError = (error: Error) => {
    failure = error;
    wake();
  };
  socket.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onError);
  const take = (): string | undefined => {
    const newline = buffer.indexOf(10);
    if (newline < 0 && (!ended || buffer.length === 0)) return undefined;
    const line = buffer.subarray(0, newline < 0 ? buffer.length : newline).toString('utf8');
    buffer = newline < 0 ? Buffer.alloc(0) : buffer.subarray(newline + 1);
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  };
  return {
    next: async () => {
      for (;;) {
        const line = take();
        if (line !== undefined) return line;
        if (failure !== undefined) throw failure;
        if (ended) return undefined;
        if (buffer.length > LONGEST_LINE) throw new Error(`a line of more than ${LONGEST_LINE} bytes`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    release: () => {
      socket.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', onError);
    },
  };
}
