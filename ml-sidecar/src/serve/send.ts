import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createGzip } from 'node:zlib';
import { acceptsGzip, encodeBody } from '@presage/service/exposition.ts';
import { answering } from '@presage/service/giving-way.ts';
import { type GzipPart, gzipHead, gzipTail, noParts, withPart } from '@presage/service/joined-gzip.ts';

/** A body up to this many characters is sent at once, with its length. */
const small = 2 ** 18;
/** Compressed bytes that go on their way together. */
const chunkSize = 2 ** 18;

/**
 * Answers with a text that comes in pieces: a short one at once, a long one as it is made, compressed on the way if the client takes
 * that, no faster than the client reads, and with others getting their turn. Ends early where the client goes.
 */
export async function sendPieces(
  request: IncomingMessage,
  response: ServerResponse,
  contentType: string,
  pieces: AsyncIterator<string>,
): Promise<void> {
  const giveWay = answering();
  const accepted = request.headers['accept-encoding'];
  let text = '';
  let piece = await pieces.next();
  for (; piece.done !== true && text.length < small; piece = await pieces.next()) {
    text += piece.value;
    await giveWay();
  }
  if (piece.done === true) {
    const { body, headers } = encodeBody(text, accepted);
    response.writeHead(200, { ...headers, 'Content-Type': contentType }).end(body);
    return;
  }
  const isGzipped = acceptsGzip(accepted);
  response.writeHead(200, {
    'Content-Type': contentType,
    Vary: 'Accept-Encoding',
    ...(isGzipped ? { 'Content-Encoding': 'gzip' } : {}),
  });
  const into = isGzipped ? createGzip({ level: 1, chunkSize }) : response;
  if (into !== response) into.pipe(response);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  await write(into, text, gone.signal);
  for (; piece.done !== true && !gone.signal.aborted; piece = await pieces.next()) {
    await write(into, piece.value, gone.signal);
    await giveWay();
  }
  into.end();
}

/** Answers with a text that is compressed part by part, no faster than the client reads. Ends early where the client goes. */
export async function sendParts(response: ServerResponse, contentType: string, parts: AsyncIterable<GzipPart>): Promise<void> {
  response.writeHead(200, { 'Content-Type': contentType, Vary: 'Accept-Encoding', 'Content-Encoding': 'gzip' });
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  let sum = noParts;
  let waiting = [gzipHead];
  let length = 0;
  for await (const part of parts) {
    if (gone.signal.aborted) return;
    sum = withPart(sum, part);
    waiting.push(part.bytes);
    length += part.bytes.length;
    if (length < chunkSize) continue;
    await write(response, Buffer.concat(waiting), gone.signal);
    [waiting, length] = [[], 0];
  }
  response.end(Buffer.concat([...waiting, gzipTail(sum)]));
}

/** Answers with bytes that are there, no faster than the client reads. */
export async function sendBytes(response: ServerResponse, headers: Record<string, string>, pieces: readonly Uint8Array[]): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  response.writeHead(200, { ...headers, 'content-length': String(length) });
  for (const piece of pieces) await write(response, piece, gone.signal);
  response.end();
}

/** Writes, and waits where the other end is slower; a client that has gone is waited for no longer. */
async function write(into: NodeJS.WritableStream, piece: string | Uint8Array, gone: AbortSignal): Promise<void> {
  if (piece.length === 0 || gone.aborted || into.write(piece)) return;
  await once(into, 'drain', { signal: gone }).catch((error: unknown) => {
    if (!gone.aborted) throw error;
  });
}
