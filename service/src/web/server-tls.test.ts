import { readFileSync, rmSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { request as requestHttps } from 'node:https';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../log.ts';
import { createWebServer, type RequestHandler, type WebServer } from './server.ts';
import { layOut } from './web-config.fixture.ts';

let folder = '';
const opened: WebServer[] = [];
beforeAll(() => {
  folder = layOut();
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.close()));
});

const NO_WORKER = new URL('file:///nowhere.worker.js');

async function serve(name: string, handler: RequestHandler = (request, response) => void response.end(`HTTP/${request.httpVersion}`)) {
  const webConfig = { file: join(folder, `${name}.yml`), bcryptWorker: NO_WORKER };
  const server = createWebServer({ listenAddresses: ['127.0.0.1:0'], webConfig, handler, log: silentLogger });
  opened.push(server);
  const [url] = await server.start();
  return new URL(url);
}

const read = (file: string) => readFileSync(join(folder, file), 'utf8');
const certificate = (name: string) => ({ cert: read(`${name}.crt`), key: read(`${name}.key`) });

/** What a handshake and a small request end in: the negotiated facts, or "refused". */
function shake(url: URL, options: ConnectionOptions): Promise<string> {
  return new Promise((resolve) => {
    const socket: TLSSocket = connect({
      host: '127.0.0.1',
      port: Number(url.port),
      servername: 'localhost',
      ca: read('ca.crt'),
      ...options,
    });
    let facts = '';
    socket.on('secureConnect', () => {
      facts = `${String(socket.getProtocol())} ${socket.getCipher().name}`;
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    });
    socket.on('data', () => {
      resolve(facts);
      socket.destroy();
    });
    socket.on('error', () => resolve('refused'));
    socket.on('close', () => resolve('refused'));
  });
}

describe('a server with a web configuration', () => {
  const below13 = { maxVersion: 'TLSv1.2' } as const;
  const offer = (...ciphers: string[]) => ({ ...below13, ciphers: ciphers.join(':') });
  it.each<[string, string, () => ConnectionOptions, RegExp]>([
    ['tls', 'any client', () => ({}), /^TLSv1.3 TLS_/],
    ['tls', 'a TLS 1.2 client', () => below13, /^TLSv1.2 ECDHE/],
    ['tls', 'a TLS 1.1 client', () => ({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }), /^refused$/],
    ['tls', 'a client that does not know the CA', () => ({ ca: [] }), /^refused$/],
    ['tls-inline', 'any client', () => ({}), /^TLSv1.3/],
    ['tls-key-inline', 'any client', () => ({}), /^TLSv1.3/],
    ['tls-in-a-folder', 'any client', () => ({}), /^TLSv1.3/],
    [
      'tls-old-versions',
      'a TLS 1.1 client',
      () => ({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
      /^TLSv1.1 /,
    ],
    ['tls-12-alone', 'any client', () => ({}), /^TLSv1.2 /],
    ['tls-13-alone', 'a TLS 1.2 client', () => below13, /^refused$/],
    ['ciphers-all', 'a client with an ECDHE suite', () => offer('ECDHE-RSA-CHACHA20-POLY1305'), /CHACHA20/],
    ['ciphers-some', 'a TLS 1.3 client, which no list restricts', () => ({}), /^TLSv1.3/],
    [
      'ciphers-some',
      'a client with another order',
      () => offer('ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384'),
      /AES256-GCM/,
    ],
    [
      'ciphers-some-by-client-order',
      'a client with another order',
      () => offer('ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384'),
      /AES128-GCM/,
    ],
    ['ciphers-some', 'a client without a common suite', () => offer('ECDHE-RSA-AES256-SHA'), /^refused$/],
    ['ciphers-without-http2', 'a client with the listed suite', () => offer('ECDHE-RSA-AES256-SHA'), /AES256-SHA/],
    ['curves-all', 'a client with P-384', () => ({ ecdhCurve: 'secp384r1' }), /^TLSv1.3/],
    ['curves-one', 'a client with P-521', () => ({ ecdhCurve: 'secp521r1' }), /^TLSv1.3/],
    ['curves-one', 'a client with P-384', () => ({ ecdhCurve: 'secp384r1' }), /^refused$/],
    ['client-cert-not-asked-for', 'no certificate', () => ({}), /^TLS/],
    ['client-cert-requested', 'no certificate', () => ({}), /^TLS/],
    ['client-cert-requested', "a stranger's certificate", () => certificate('stranger'), /^TLS/],
    ['client-cert-any', 'no certificate', () => ({}), /^refused$/],
    ['client-cert-any', "a stranger's certificate", () => certificate('stranger'), /^TLS/],
    ['client-cert-any-by-old-name', 'no certificate', () => ({}), /^refused$/],
    ['client-cert-verified-if-given', 'no certificate', () => ({}), /^TLS/],
    ['client-cert-verified-if-given', "a stranger's certificate", () => certificate('stranger'), /^refused$/],
    ['client-cert-verified-if-given', "the CA's certificate", () => certificate('client'), /^TLS/],
    ['client-cert-verified', 'no certificate', () => ({}), /^refused$/],
    ['client-cert-verified', "a stranger's certificate", () => certificate('stranger'), /^refused$/],
    ['client-cert-verified', "the CA's certificate", () => certificate('client'), /^TLS/],
    ['client-cert-verified', "the CA's certificate over TLS 1.2", () => ({ ...certificate('client'), ...below13 }), /^TLSv1.2/],
    ['client-cert-verified', 'a certificate for servers', () => certificate('server'), /^refused$/],
    ['client-ca-inline', "the CA's certificate", () => certificate('client'), /^TLS/],
    ['client-ca-inline', 'no certificate', () => ({}), /^refused$/],
    ['sans-dns', 'a listed name', () => certificate('client'), /^TLS/],
    ['sans-ipv6', 'a listed address, written otherwise', () => certificate('client'), /^TLS/],
    ['sans-uri', 'a listed URI with a comma', () => certificate('client'), /^TLS/],
    ['sans-uri', 'a certificate without names', () => certificate('stranger'), /^refused$/],
    ['sans-of-others', 'names that are not listed', () => certificate('client'), /^refused$/],
    ['users-over-tls', 'any client', () => ({}), /^TLS/],
  ])('%s, met by %s', async (name, _, options, wanted) => {
    expect(await shake(await serve(name), options())).toMatch(wanted);
  });
});

describe('the versions of HTTP', () => {
  const overHttp2 = (
    url: URL,
    headers: Record<string, string> = {},
    body?: string,
  ): Promise<{ status: unknown; headers: object; text: string }> =>
    new Promise((resolve, reject) => {
      const session = connectHttp2(url.href, { ca: read('ca.crt'), servername: 'localhost' });
      session.on('error', reject);
      const stream = session.request({ ':path': '/x?y=1', ...headers });
      let answer = {};
      let text = '';
      stream.on('response', (got) => (answer = { ...got }));
      stream.setEncoding('utf8').on('data', (part: string) => (text += part));
      stream.on('error', (error) => session.close(() => reject(error)));
      stream.on('end', () => session.close(() => resolve({ status: Reflect.get(answer, ':status'), headers: answer, text })));
      stream.end(body);
    });

  it('are both spoken over TLS, to one handler of node:http objects', async () => {
    const handler: RequestHandler = async (request, response) => {
      let body = '';
      for await (const part of request) body += String(part);
      const facts = { method: request.method, url: request.url, host: request.headers.host, given: request.headers['x-given'], body };
      response.setHeader('X-Answer', 'yes').setHeader('Keep-Alive', 'timeout=5');
      response.end(JSON.stringify({ ...facts, from: request.socket.remoteAddress }));
    };
    const url = await serve('tls', handler);
    const answer = await overHttp2(url, { ':method': 'POST', 'x-given': 'a' }, 'body');
    expect(JSON.parse(answer.text)).toEqual({
      method: 'POST',
      url: '/x?y=1',
      host: `localhost:${url.port}`,
      given: 'a',
      body: 'body',
      from: '127.0.0.1',
    });
    expect(answer).toMatchObject({ status: 200, headers: { 'x-answer': 'yes' } });
    expect(answer.headers).not.toHaveProperty('keep-alive');
    const text = await new Promise((resolve, reject) => {
      requestHttps(url, { ca: read('ca.crt'), servername: 'localhost' }, (response) => resolve(response.httpVersion))
        .on('error', reject)
        .end();
    });
    expect(text).toBe('1.1');
  });

  it('leave HTTP/2 out with http2: false', async () => {
    const url = await serve('tls-without-http2');
    await expect(overHttp2(url)).rejects.toThrow(/HTTP2|ERR_|closed|protocol|ALPN/i);
  });

  it('end a stream, not the server, when a handler cuts off', async () => {
    const url = await serve('tls', (_, response) => void response.destroy());
    await expect(overHttp2(url)).rejects.toThrow('Stream closed with error code NGHTTP2_INTERNAL_ERROR');
    await expect(overHttp2(url)).rejects.toThrow('Stream closed with error code NGHTTP2_INTERNAL_ERROR');
  });

  it('close without waiting for idle sessions', async () => {
    const url = await serve('tls');
    const session = connectHttp2(url.href, { ca: read('ca.crt'), servername: 'localhost' });
    await new Promise((resolve) => session.once('connect', resolve));
    const before = performance.now();
    await Promise.all(opened.splice(0).map((server) => server.close()));
    expect(performance.now() - before).toBeLessThan(2000);
    session.destroy();
  });

  it('serve many streams of one session', async () => {
    const url = await serve('tls', (request, response) => void response.end(request.url));
    const session = connectHttp2(url.href, { ca: read('ca.crt'), servername: 'localhost' });
    const texts = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        let text = '';
        for await (const part of session.request({ ':path': `/${index}` }).setEncoding('utf8')) text += String(part);
        return text;
      }),
    );
    session.close();
    expect(texts).toEqual(Array.from({ length: 50 }, (_, index) => `/${index}`));
  });
});
