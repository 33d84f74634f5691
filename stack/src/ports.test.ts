import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { choosePorts } from './ports.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

test('a preferred port is taken when it is free, and another when it is not', async () => {
  const taken = await occupy();
  const { a: free } = await choosePorts({ a: 0 });
  const ports = await choosePorts({ prometheus: taken, sidecar: free });
  expect(ports.sidecar).toBe(free);
  expect(ports.prometheus).not.toBe(taken);
  expect(ports.prometheus).toBeGreaterThan(0);
});

test('no port is given out twice', async () => {
  const taken = await occupy();
  const ports = Object.values(await choosePorts({ a: taken, b: taken, c: taken, d: taken, e: 0 }));
  expect(new Set(ports).size).toBe(5);
});

function occupy(): Promise<number> {
  const server = createServer();
  servers.push(server);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(address === null || typeof address === 'string' ? 0 : address.port);
    });
  });
}
