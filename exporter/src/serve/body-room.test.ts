import { createServer, get, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { BodyRoom } from './body-room.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(handler: (response: ServerResponse, path: string) => void): Promise<string> {
  const server = createServer((request, response) => handler(response, request.url ?? ''));
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
}

const fetchText = async (url: string): Promise<string> => (await fetch(url)).text();

describe('a room for bodies', () => {
  it.each([
    ['nothing', ''],
    ['a few characters of several bytes', 'ünï→🙂\n'],
    ['as many bytes as the room has', 'a'.repeat(64 * 1024)],
    ['a character across its end', `${'a'.repeat(64 * 1024 - 1)}é`],
    ['more than the room has', 'é'.repeat(200_000)],
    ['more than is kept', 'b'.repeat(5_000_000)],
  ])('gives %s whole, the second time too', async (_, text) => {
    const room = new BodyRoom();
    const url = await serve((response) => void response.end(room.take([text], response)));
    expect([(await fetchText(url)) === text, (await fetchText(url)) === text]).toEqual([true, true]);
  });

  it('uses one memory for one answer after the other, and another while an answer is under way', async () => {
    const room = new BodyRoom();
    const used: ArrayBufferLike[] = [];
    const waiting: (() => void)[] = [];
    const url = await serve((response, path) => {
      const body = room.take([`${path}\n`.repeat(999), `${path}\n`], response);
      used.push(body.buffer);
      if (path === '/slow') waiting.push(() => void response.end(body));
      else response.end(body);
    });
    await fetchText(`${url}/a`);
    const slow = fetchText(`${url}/slow`);
    await expect.poll(() => waiting.length).toBe(1);
    expect(await fetchText(`${url}/b`)).toBe('/b\n'.repeat(1000));
    waiting[0]();
    expect(await slow).toBe('/slow\n'.repeat(1000));
    await fetchText(`${url}/c`);
    expect(used.map((buffer) => buffer === used[0])).toEqual([true, true, false, true]);
  });

  it('is free again when the client has gone before the end', async () => {
    const room = new BodyRoom();
    const closed: boolean[] = [];
    const url = await serve((response, path) => {
      const body = room.take(['x'.repeat(1000)], response);
      if (path === '/all') response.end(body);
      else response.once('close', () => closed.push(true)).write(body);
    });
    get(url, (response) => void response.on('error', () => {}).destroy()).on('error', () => {});
    await expect.poll(() => closed.length).toBe(1);
    expect(await fetchText(`${url}/all`)).toBe('x'.repeat(1000));
  });
});
