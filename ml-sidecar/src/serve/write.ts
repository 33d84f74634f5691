import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WriteReceiver } from '../prometheus/remote-write.ts';
import { defaultWriteLimits } from '../prometheus/write-limits.ts';
import { bodyOf, BodyTooLargeError } from './body.ts';

/** Answers POST /api/v1/write by what the receiver says of the body; what it says is in `WriteReply`. */
export async function answerWrite(
  receiver: Pick<WriteReceiver, 'receive'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'POST') return reply(response, 405, `got ${request.method}, want POST`, { Allow: 'POST' });
  const { maxBodyBytes } = defaultWriteLimits;
  const declared = Number(request.headers['content-length'] ?? 0);
  const tooLarge = (found: string): void =>
    reply(response, 413, `body: got ${found}, want at most ${maxBodyBytes} bytes`, { Connection: 'close' });
  if (declared > maxBodyBytes) return tooLarge(`${declared} bytes`);
  let body: Buffer;
  try {
    body = await bodyOf(request, maxBodyBytes);
  } catch (error) {
    if (error instanceof BodyTooLargeError) return tooLarge('more');
    // The sender went away in the middle: nobody is left to be answered, and it will send the body again.
    if (request.destroyed) return;
    throw error;
  }
  const { status, message, retryAfter } = receiver.receive({
    body,
    contentType: request.headers['content-type'] ?? '',
    contentEncoding: request.headers['content-encoding'] ?? '',
    sender: request.socket.remoteAddress ?? '',
  });
  reply(response, status, message, retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) });
}

function reply(response: ServerResponse, status: number, message: string, headers: Record<string, string>): void {
  if (status === 204) response.writeHead(204).end();
  else response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...headers }).end(`${message}\n`);
}
