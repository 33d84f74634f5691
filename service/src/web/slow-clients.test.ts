import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLogger } from '../log.ts';
import { createWebServer, type WebServer } from './server.ts';

let server: WebServer;
let port: number;

beforeAll(async () => {
  server = createWebServer({
    listenAddresses: ['127.0.0.1:0'],
    log: silentLogger,
    closeGrace: 0,
    patience: { headers: 0.4, request: 0.8 },
    handler: async (request, response) => {
      for await (const _ of request);
      response.end('whole');
    },
  });
  port = Number(new URL((await server.start())[0]).port);
});
afterAll(() => server.close());

/** What the server says to a client that sends `start`, then a byte of `rest` now and then for ever, until it hangs up. */
function slowly(start: string, rest: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(start));
    let said = '';
    let sent = 0;
    const drip = setInterval(() => socket.write(rest[sent++ % rest.length]), 50);
    socket.on('data', (piece) => void (said += piece.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(drip);
      resolve(said);
    });
  });
}

it('cuts off who never ends the headers, and who never ends the body, and answers others meanwhile', async () => {
  const many = Array.from({ length: 100 }, () => slowly('GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ', 'x'));
  const body = slowly('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n', 'x');
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('whole');
  for (const said of await Promise.all([...many, body])) expect(said).toMatch(/^(HTTP\/1\.1 40[08] |$)/);
});
