import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createHttps } from 'node:https';
import { createServer as createTcp, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTls, TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { encodeQuery } from './dns-message.ts';

/** Servers on loopback to probe, each at its `host:port`. */
export interface Targets {
  readonly http: string;
  readonly https: string;
  /** HTTP/2 and HTTP/1.1 over TLS. */
  readonly http2: string;
  /** Greets with "220 mail ready", speaks of STARTTLS and does it. */
  readonly mail: string;
  readonly tls: string;
  readonly dnsUdp: string;
  readonly dnsTcp: string;
  /** Accepts and says nothing. */
  readonly silent: string;
  /** Nobody listens. */
  readonly closed: string;
  /** The certificate that signs itself and all of these. */
  readonly caFile: string;
  close(): void;
}

/** Starts all of them, with a fresh certificate for localhost. */
export async function startTargets(): Promise<Targets> {
  const folder = mkdtempSync(join(tmpdir(), 'presage-probes-'));
  const names = 'subjectAltName=DNS:localhost,DNS:b.test,IP:127.0.0.1';
  const made = ['-keyout', 'key', '-out', 'crt', '-subj', '/C=DE/O=A, B/CN=localhost', '-addext', names, '-days', '5'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...made], { cwd: folder, stdio: 'pipe' });
  const tls = { key: readFileSync(join(folder, 'key')), cert: readFileSync(join(folder, 'crt')) };
  const servers: Server[] = [];
  const at = async (server: Server) => {
    servers.push(server);
    return listening(server);
  };
  const closed = createTcp();
  const closedAt = await listening(closed);
  closed.close();
  const udp = await startDnsUdp();
  const http2 = createSecureServer({ ...tls, allowHTTP1: true });
  http2.on('stream', (stream) => {
    stream.respond({ ':status': 200, 'last-modified': 'Wed, 21 Oct 2015 07:28:00 GMT' });
    stream.end('hello over two');
  });
  return {
    http: await at(createHttp(page)),
    https: await at(createHttps(tls, page)),
    http2: await at(http2),
    mail: await at(startMail(tls)),
    tls: await at(createTls(tls, (socket) => void socket.on('error', () => {}).end('secure hello\n'))),
    dnsUdp: udp.address,
    dnsTcp: await at(startDnsTcp()),
    silent: await at(createTcp((socket) => void socket.on('error', () => {}))),
    closed: closedAt,
    caFile: join(folder, 'crt'),
    close: () => {
      udp.close();
      for (const server of servers) server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function listening(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`);
    });
  });
}

/** Pages named by what they do. */
const page: RequestListener = (request, response) => {
  const path = request.url ?? '/';
  response.setHeader('X-Method', request.method ?? '');
  if (path === '/redirect') response.writeHead(302, { Location: '/', 'Set-Cookie': 'seen=1; Path=/' }).end('elsewhere');
  else if (path === '/ring') response.writeHead(301, { Location: '/ring' }).end();
  else if (path === '/cookie')
    response.writeHead(request.headers.cookie === 'seen=1' ? 200 : 302, { Location: '/cookie', 'Set-Cookie': 'seen=1' }).end();
  else if (path === '/503') response.writeHead(503).end('busy');
  else if (path === '/gzip') response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('unpacked '.repeat(100)));
  else if (path === '/broken') response.writeHead(200, { 'Content-Length': '100' }).write('short', () => response.destroy());
  else if (path === '/slow') return;
  else if (path === '/echo')
    void echo(request, (body) => response.end(`${request.method} ${request.headers.authorization ?? '-'} ${request.headers.host} ${body}`));
  else response.writeHead(200, { 'Last-Modified': 'Wed, 21 Oct 2015 07:28:00 GMT', 'X-Two': ['a', 'b'] }).end('hello world');
};

async function echo(request: AsyncIterable<unknown>, done: (body: string) => void): Promise<void> {
  let body = '';
  for await (const part of request) body += String(part);
  done(body);
}

function startMail(tls: { readonly key: Buffer; readonly cert: Buffer }): Server {
  return createTcp((socket) => {
    socket.on('error', () => {}).write('220 mail ready\r\n');
    socket.on('data', (data) => {
      if (data.toString().startsWith('EHLO')) socket.write('250-mail\r\n250 STARTTLS\r\n');
      if (!data.toString().startsWith('STARTTLS')) return;
      socket.removeAllListeners('data').write('220 go ahead\r\n');
      const secured = new TLSSocket(socket, { isServer: true, ...tls });
      secured.on('error', () => {}).on('data', (secret) => secured.write(`250 secured ${secret.toString()}`));
    });
  });
}

function startDnsUdp(): Promise<{ readonly address: string; close(): void }> {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const answer = dnsAnswer(query);
    if (answer !== undefined) socket.send(answer, from.port, from.address);
  });
  return new Promise((resolve) => {
    socket.bind(0, '127.0.0.1', () => resolve({ address: `127.0.0.1:${socket.address().port}`, close: () => socket.close() }));
  });
}

function startDnsTcp(): Server {
  return createTcp((socket) => {
    socket
      .on('error', () => {})
      .on('data', (data) => {
        const answer = dnsAnswer(data.subarray(2));
        if (answer === undefined) return;
        const length = Buffer.alloc(2);
        length.writeUInt16BE(answer.length);
        // In two pieces: the length and a part, then the rest.
        socket.write(Buffer.concat([length, answer.subarray(0, 5)]));
        setImmediate(() => socket.write(answer.subarray(5)));
      });
  });
}

const RECORDS: Readonly<Record<number, readonly [type: number, data: readonly number[]][]>> = {
  1: [
    [1, [192, 0, 2, 1]],
    [1, [192, 0, 2, 2]],
  ],
  28: [[28, [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]]],
  15: [[15, [0, 10, 2, 109, 120, 0xc0, 12]]],
  16: [[16, [3, 97, 34, 98, 2, 99, 100]]],
  6: [[6, [0xc0, 12, 0xc0, 12, 0, 0, 0, 42, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4]]],
};

/** Answers by type for zone.test; NXDOMAIN for names that begin with "no"; silence for "mute". One authority, one additional. */
function dnsAnswer(query: Buffer): Buffer | undefined {
  const labelled = query.subarray(12).indexOf(0) + 13;
  const type = query.readUInt16BE(labelled);
  const first = query.toString('latin1', 13, 13 + query.readUInt8(12));
  if (first === 'mute') return undefined;
  const missing = first.startsWith('no');
  const records = missing ? [] : (RECORDS[type] ?? []);
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8180 | (missing ? 3 : 0), 2);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt16BE(1, 8);
  header.writeUInt16BE(1, 10);
  const name = [0xc0, 12];
  const record = ([kind, data]: readonly [number, readonly number[]]) => [...name, 0, kind, 0, 1, 0, 0, 1, 44, 0, data.length, ...data];
  const sections = [...records, [2, [2, 110, 115, 0xc0, 12]] as const, [1, [192, 0, 2, 53]] as const].flatMap(record);
  return Buffer.concat([header, query.subarray(12, labelled + 4), Buffer.from(sections)]);
}

/** A query as a client sends it, for tests of the answers. */
export const queryFor = (name: string, type: number): Buffer => encodeQuery({ id: 7, name, type, recordClass: 1, recursionDesired: true });
