import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { UsageError } from '../command-line.ts';
import { errorText, type Logger } from '../log.ts';
import { authority, LISTEN_ADDRESS_WISH, parseListenAddress } from './listen-address.ts';

/** What answers requests. What it throws or rejects with becomes a logged 500, or a cut connection once it has begun to answer. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** What a web server needs. */
export interface WebServerOptions {
  /** Each in the form of `--web.listen-address`; all of them serve the same handler. */
  readonly listenAddresses: readonly string[];
  readonly handler: RequestHandler;
  readonly log: Logger;
  /** Seconds that a request under way may take when the server closes; then it is cut off. Default 5. */
  readonly closeGrace?: number;
}

/** A server that is not yet listening. */
export interface WebServer {
  /**
   * Listens on every address, or on none: the first that cannot be had closes the others and rejects with UsageError.
   * Gives one URL for each address, with the real port where 0 was asked for.
   */
  start(): Promise<readonly string[]>;
  /** Stops accepting, lets requests under way finish for `closeGrace` seconds, and ends. May be called at any time, and twice. */
  close(): Promise<void>;
}

/** A web server over one handler, closed until `start`. Throws UsageError for an address that cannot be read. */
export function createWebServer(options: WebServerOptions): WebServer {
  const addresses = options.listenAddresses.map((text) => {
    const address = parseListenAddress(text);
    if (address === undefined) throw new UsageError(`--web.listen-address: got ${JSON.stringify(text)}, want ${LISTEN_ADDRESS_WISH}`);
    return { ...address, text };
  });
  const listener = guarded(options.handler, options.log);
  let servers: Server[] = [];
  const close = async () => {
    const closing = servers;
    servers = [];
    await Promise.all(closing.map((server) => closeServer(server, options.closeGrace ?? 5)));
  };
  return {
    close,
    start: async () => {
      const urls: string[] = [];
      for (const { host, port, text } of addresses) {
        const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MILLISECONDS }, listener);
        try {
          urls.push(`http://${await listen(server, host, port)}/`);
        } catch (error) {
          await close();
          throw new UsageError(`--web.listen-address: ${text} ${listenFault(error)}`, { cause: error });
        }
        servers.push(server);
      }
      return urls;
    },
  };
}

/** Longer than the usual scrape interval of a minute, so that Prometheus keeps one connection. */
const KEEP_ALIVE_MILLISECONDS = 90_000;

const SWEEP_MILLISECONDS = 20;

function guarded(handler: RequestHandler, log: Logger): RequestListener {
  return (request, response) => {
    const fail = (error: unknown) => {
      log.error('request failed', { method: request.method, url: request.url, err: errorText(error) });
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { 'Content-Type': 'text/plain; charset=utf-8' }).end('Internal Server Error\n');
    };
    try {
      handler(request, response)?.catch(fail);
    } catch (error) {
      fail(error);
    }
  };
}

function listen(server: Server, host: string | undefined, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, () => {
      server.off('error', reject);
      const bound = server.address();
      resolve(bound !== null && typeof bound === 'object' ? authority(host ?? bound.address, bound.port) : String(bound));
    });
  });
}

function listenFault(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return 'is taken by another program, want a free port';
  if (code === 'EACCES') return 'may not be used by this user, want a port from 1024 on';
  if (code === 'EADDRNOTAVAIL') return 'is no address of this machine, want one of its own or none';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'names a host that cannot be found, want an address of this machine';
  return `cannot be served on (${errorText(error)}), want a free address`;
}

function closeServer(server: Server, graceSeconds: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceSeconds * 1000);
    // A kept-alive connection becomes idle when its last answer is out: closed then, not when the client tires of it.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MILLISECONDS);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}
