import { nodeHttp2, nodeTls } from '@presage/service/lazy-node.ts';
import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { ProbeContext } from './prober.ts';

/** One request on one connection. */
export interface Exchange {
  readonly url: URL;
  /** What the Host header says. */
  readonly host: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The answer as its headers have arrived; the body is still to be read, and ends with the probe. */
export interface Answer {
  readonly status: number;
  /** Values by lower-case name. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** "1.1", "2.0" */
  readonly version: string;
  readonly body: Readable;
}

/** Sends a request on a connection, over HTTP/2 if TLS agreed on it, and gives the answer's head. */
export function exchange(request: Exchange, socket: Socket, context: ProbeContext): Promise<Answer> {
  const http2 = socket instanceof nodeTls().TLSSocket && socket.alpnProtocol === 'h2';
  return http2 ? overHttp2(request, socket, context) : overHttp1(request, socket);
}

function overHttp1({ url, host, method, headers, body }: Exchange, socket: Socket): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length: OutgoingHttpHeaders = body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const sent = httpRequest({
      createConnection: () => socket,
      method,
      path: `${url.pathname}${url.search}`,
      headers: { Host: host, ...headers, ...length },
      setHost: false,
    });
    sent.on('error', reject);
    sent.once('response', (response) => {
      const values = Object.entries(response.headersDistinct).map(([name, list]) => [name, list ?? []] as const);
      resolve({ status: response.statusCode ?? 0, headers: new Map(values), version: response.httpVersion, body: response });
    });
    sent.end(body === '' ? undefined : body);
  });
}

function overHttp2({ url, host, method, headers, body }: Exchange, socket: Socket, { ending }: ProbeContext): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const session = nodeHttp2().connect(url.origin, { createConnection: () => socket });
    session.on('error', reject);
    ending.onEnd(() => session.destroy());
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const stream = session.request(
      {
        ...lower,
        ':method': method,
        ':authority': host,
        ':scheme': 'https',
        ':path': `${url.pathname}${url.search}`,
      },
      { endStream: body === '' },
    );
    stream.on('error', reject);
    stream.once('response', (got: IncomingHttpHeaders & { readonly ':status'?: number }) =>
      resolve({ status: got[':status'] ?? 0, headers: listed(got), version: '2.0', body: stream }),
    );
    if (body !== '') stream.end(body);
  });
}

function listed(headers: IncomingHttpHeaders): ReadonlyMap<string, readonly string[]> {
  const lists = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !name.startsWith(':')) lists.set(name, Array.isArray(value) ? value : [value]);
  }
  return lists;
}
