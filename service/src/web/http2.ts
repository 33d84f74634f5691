import { request as sendRequest, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, type Server } from 'node:http';
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { type Duplex, duplexPair } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { nodeHttp2 } from '../lazy-node.ts';
import { certificateOf, noteCertificate } from './sender.ts';

/**
 * Serves a TLS connection that chose HTTP/2 by an HTTP/1.1 server: each stream becomes a request over a pair of streams in
 * memory, so that handlers (express above all, which gives requests its own prototype) see genuine node:http objects.
 */
export function serveHttp2(socket: TLSSocket, server: Server): ServerHttp2Session {
  const session = nodeHttp2().performServerHandshake(socket);
  session.on('stream', (stream, headers) => {
    stream.on('error', () => stream.close());
    forward(stream, headers, connectTo(server, socket));
  });
  session.on('error', () => session.destroy());
  return session;
}

/** NGHTTP2_INTERNAL_ERROR (RFC 9113, section 7). */
const INTERNAL_ERROR = 2;

/** A new in-memory connection to the server, which looks as if it came from the TLS client. */
function connectTo(server: Server, client: TLSSocket): Duplex {
  const [near, far] = duplexPair();
  Object.assign(far, {
    encrypted: true,
    remoteAddress: client.remoteAddress,
    remotePort: client.remotePort,
    remoteFamily: client.remoteFamily,
    localAddress: client.localAddress,
  });
  const name = certificateOf(client);
  if (name !== undefined) noteCertificate(far, name);
  // Ending one end ends the other, but destroying it does not.
  far.on('close', () => {
    if (!far.writableFinished) near.destroy();
  });
  server.emit('connection', far);
  return near;
}

function forward(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, connection: Duplex): void {
  const method = String(headers[':method'] ?? '');
  if (method === 'CONNECT') {
    stream.respond({ ':status': 405 }, { endStream: true });
    connection.destroy();
    return;
  }
  const request = sendRequest({
    method,
    path: String(headers[':path'] ?? '/'),
    headers: requestHeaders(headers),
    createConnection: () => connection,
  });
  request.on('response', (response) => answer(stream, response));
  request.on('error', () => stream.close(INTERNAL_ERROR));
  stream.on('close', () => {
    request.destroy();
    connection.destroy();
  });
  if (stream.endAfterHeaders) request.end();
  else stream.pipe(request);
}

/** Headers that belong to one connection and may not cross to HTTP/2 or back (RFC 9113, 8.2.2). */
const CONNECTION_HEADERS = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'te',
]);

function requestHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const forwarded: OutgoingHttpHeaders = { host: String(headers[':authority'] ?? headers.host ?? '') };
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(':') && !CONNECTION_HEADERS.has(name) && name !== 'host') forwarded[name] = value;
  }
  return forwarded;
}

function answer(stream: ServerHttp2Stream, response: IncomingMessage): void {
  if (stream.destroyed) return;
  const headers: OutgoingHttpHeaders = { ':status': response.statusCode ?? 500 };
  for (const [name, value] of Object.entries(response.headers)) if (!CONNECTION_HEADERS.has(name)) headers[name] = value;
  stream.respond(headers);
  response.on('error', () => stream.close(INTERNAL_ERROR));
  response.pipe(stream);
}
