import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createLogger, silentLogger } from '../log.ts';
import { authority, parseListenAddress } from './listen-address.ts';
import { createWebServer, type RequestHandler, systemdSockets, type WebServer } from './server.ts';

const opened: WebServer[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.close()));
});

function serve(handler: RequestHandler, listenAddresses = ['127.0.0.1:0'], log = silentLogger, closeGrace = 5): WebServer {
  const server = createWebServer({ listenAddresses, handler, log, closeGrace });
  opened.push(server);
  return server;
}

function gate() {
  let open = () => {};
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
}

describe('parseListenAddress', () => {
  it.each([
    [':9100', undefined, 9100],
    ['0.0.0.0:80', '0.0.0.0', 80],
    ['localhost:0', 'localhost', 0],
    ['[::]:9100', '::', 9100],
    ['[fe80::1%eth0]:65535', 'fe80::1%eth0', 65_535],
  ])('reads %s', (text, host, port) => {
    expect(parseListenAddress(text)).toEqual({ host, port });
  });

  it.each(['', '9100', 'host', 'host:', '::1:9100', ':65536', ':-1', 'http://a:1', 'a b:1', '[::1]', '[::1:9100', '[host]:1', 'a:1/'])(
    'refuses %j',
    (text) => {
      expect(parseListenAddress(text)).toBeUndefined();
    },
  );
});

describe('authority', () => {
  it.each([
    ['::', 'localhost:1'],
    ['0.0.0.0', 'localhost:1'],
    ['::1', '[::1]:1'],
    ['box', 'box:1'],
  ])('shows %s as %s', (host, text) => {
    expect(authority(host, 1)).toBe(text);
  });
});

describe('systemdSockets', () => {
  it('counts the descriptors from 3 on that are meant for this process', () => {
    expect(systemdSockets({ LISTEN_PID: '7', LISTEN_FDS: '2' }, 7)).toEqual([3, 4]);
  });

  it.each([{}, { LISTEN_PID: '8', LISTEN_FDS: '2' }, { LISTEN_PID: '7', LISTEN_FDS: '0' }, { LISTEN_PID: '7', LISTEN_FDS: 'x' }])(
    'refuses %j',
    (environment) => {
      expect(() => systemdSockets(environment, 7)).toThrow('--web.systemd-socket: got no sockets from systemd');
    },
  );
});

describe('a web server', () => {
  it('serves one handler on every address', async () => {
    const urls = await serve((request, response) => void response.end(`at ${request.url}`), ['127.0.0.1:0', ':0']).start();
    expect(urls).toHaveLength(2);
    for (const url of urls) expect(await (await fetch(`${url}metrics`)).text()).toBe('at /metrics');
  });

  it('says which address is taken, and lets go of the others', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const address = taken.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const free = await serve(() => {}).start();
    await Promise.all(opened.splice(0).map((server) => server.close()));
    const first = new URL(free[0]).host;
    const server = serve(() => {}, [first, `127.0.0.1:${address.port}`]);
    await expect(server.start()).rejects.toThrow(
      `--web.listen-address: 127.0.0.1:${address.port} is taken by another program, want a free port`,
    );
    expect(await serve(() => {}, [first]).start()).toEqual(free);
    taken.close();
  });

  it('says what is wrong with an address that is not of this machine', async () => {
    await expect(serve(() => {}, ['192.0.2.1:0']).start()).rejects.toThrow('192.0.2.1:0 is no address of this machine');
  });

  it('refuses an address that it cannot read before it listens', () => {
    expect(() => serve(() => {}, ['9100'])).toThrow('--web.listen-address: got "9100", want an address such as :9100');
  });

  it.each<[string, RequestHandler]>([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
  ])('answers 500 and logs once when the handler %s', async (_, handler) => {
    const lines: string[] = [];
    const log = createLogger({ level: 'warn', format: 'logfmt', write: (line) => lines.push(line) });
    const [url] = await serve(handler, ['127.0.0.1:0'], log).start();
    const answer = await fetch(url);
    expect([answer.status, await answer.text()]).toEqual([500, 'Internal Server Error\n']);
    expect(lines).toEqual([expect.stringMatching(/level=error msg="request failed" method=GET url=\/ err=broken/)]);
  });

  it('cuts the connection when the handler fails after it began to answer', async () => {
    const [url] = await serve((_, response) => {
      response.write('half');
      return new Promise((_, reject) => response.once('drain', reject).write('x'.repeat(10_000_000), () => reject(new Error('late'))));
    }).start();
    await expect(fetch(url).then((answer) => answer.text())).rejects.toThrow('terminated');
  });

  it('lets a request under way finish when it closes, and takes no new one', async () => {
    const { passed: arrived, open: arrive } = gate();
    const { passed: release, open: go } = gate();
    const server = serve(async (_, response) => {
      arrive();
      await release;
      response.end('whole');
    });
    const [url] = await server.start();
    const answer = fetch(url).then((response) => response.text());
    await arrived;
    const closed = server.close();
    await expect(fetch(url)).rejects.toThrow('fetch failed');
    go();
    expect(await answer).toBe('whole');
    const before = performance.now();
    await closed;
    expect(performance.now() - before).toBeLessThan(2000);
  });

  it('cuts off what does not finish in time when it closes', async () => {
    const { passed: arrived, open: arrive } = gate();
    const server = serve(() => arrive(), ['127.0.0.1:0'], silentLogger, 0.05);
    const [url] = await server.start();
    const answer = fetch(url).catch((error: unknown) => String(error));
    await arrived;
    await server.close();
    expect(await answer).toContain('fetch failed');
  });
});
