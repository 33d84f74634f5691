import type { IncomingMessage } from 'node:http';

/** A request body over the limit. */
export class BodyTooLargeError extends Error {}

/** The whole body of a request. Rejects with a BodyTooLargeError as soon as it passes `most` bytes. */
export async function bodyOf(request: IncomingMessage, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('got text, want a body of bytes');
    size += chunk.length;
    if (size > most) throw new BodyTooLargeError(`got a body over ${most} bytes, want at most that`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
