import { createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { outliveErrors } from './outlive-errors.ts';

it('tells the first error of a connection and outlives the second', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const told: string[] = [];
  const redis = outliveErrors(new Redis(port, '127.0.0.1', { retryStrategy: () => null })).on('error', ({ message }) => told.push(message));
  await expect.poll(() => redis.status).toBe('connect');
  redis.stream.emit('error', new Error('refused'));
  expect(() => redis.stream.emit('error', new Error('and why'))).not.toThrow();
  expect(told).toEqual(['refused']);
  redis.disconnect();
  for (const socket of sockets) socket.destroy();
  server.close();
});
