import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { UsageError } from '../command-line.ts';
import { errorText, type Logger } from '../log.ts';
import { type Connections, createConnections, type Patience } from './connections.ts';
import { gate } from './gate.ts';
import { authority, LISTEN_ADDRESS_WISH, parseListenAddress } from './listen-address.ts';
import { createPasswordCheck } from './password-check.ts';
import type { Tokens } from './sender.ts';
import { openWebConfig } from './web-config.ts';

/** What answers requests. What it throws or rejects with becomes a logged 500, or a cut connection once it has begun to answer. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** What a web server needs. */
export interface WebServerOptions {
  /** Each in the form of `--web.listen-address`; all of them serve the same handler. */
  readonly listenAddresses: readonly string[];
  readonly handler: RequestHandler;
  readonly log: Logger;
  /** Sockets that are open already (`systemdSockets`); if there are any, the addresses are left alone. */
  readonly fileDescriptors?: readonly number[];
  /** The value of `--web.config.file`, and the built bcrypt.worker.js beside the program: `new URL('./bcrypt.worker.js', import.meta.url)`. */
  readonly webConfig?: { readonly file: string; readonly bcryptWorker: URL };
  /** Lets in who bears one of these, whether passwords are asked for or not; asked at every request. */
  readonly tokens?: () => Tokens | undefined;
  /** Default: 15 s for headers, 60 s for all of a request. */
  readonly patience?: Patience;
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

/**
 * A web server over one handler, closed until `start`. Throws UsageError for an address that cannot be read, and
 * ConfigurationError for a web configuration file with faults.
 */
export function createWebServer(options: WebServerOptions): WebServer {
  const targets = listenTargets(options);
  const source = openWebConfig(options.webConfig?.file ?? '', options.log);
  const passwords = createPasswordCheck(options.webConfig?.bcryptWorker ?? new URL('bcrypt.worker.js', import.meta.url));
  const passes = gate(source, passwords.check, options.handler, options.log, options.tokens);
  const connections = createConnections(source, passes, options.log, options.patience);
  const sockets = new Set<Socket>();
  let servers: Server[] = [];
  const close = async () => {
    const closing = servers;
    servers = [];
    await closeAll(closing, sockets, connections, options.closeGrace ?? 5);
    await passwords.close();
  };
  return {
    close,
    start: async () => {
      const urls: string[] = [];
      for (const { listenOptions, shown } of targets) {
        const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
          sockets.add(socket);
          socket.on('close', () => sockets.delete(socket));
          connections.take(socket);
        });
        try {
          const { tls, config } = source.current();
          urls.push(`${tls === undefined ? 'http' : 'https'}://${await listen(server, listenOptions)}/`);
          options.log.info('listening', {
            address: urls.at(-1),
            tls: tls !== undefined,
            http2: tls !== undefined && config.http_server_config.http2,
          });
        } catch (error) {
          await close();
          throw new UsageError(`--web.listen-address: ${shown} ${listenFault(error)}`, { cause: error });
        }
        servers.push(server);
      }
      return urls;
    },
  };
}

interface ListenTarget {
  readonly listenOptions: ListenOptions & { readonly fd?: number };
  readonly shown: string;
}

function listenTargets({ listenAddresses, fileDescriptors = [] }: WebServerOptions): readonly ListenTarget[] {
  if (fileDescriptors.length > 0) return fileDescriptors.map((fd) => ({ listenOptions: { fd }, shown: `systemd socket ${fd}` }));
  return listenAddresses.map((text) => {
    const address = parseListenAddress(text);
    if (address === undefined) throw new UsageError(`--web.listen-address: got ${JSON.stringify(text)}, want ${LISTEN_ADDRESS_WISH}`);
    return { listenOptions: address, shown: text };
  });
}

function listen(server: Server, options: ListenOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      const bound = server.address();
      resolve(bound !== null && typeof bound === 'object' ? authority(options.host ?? bound.address, bound.port) : String(bound));
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

async function closeAll(
  servers: readonly Server[],
  sockets: ReadonlySet<Socket>,
  connections: Connections,
  graceSeconds: number,
): Promise<void> {
  const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
  connections.drain();
  const cut = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, graceSeconds * 1000);
  await Promise.all(closed);
  clearTimeout(cut);
}

/**
 * The sockets that systemd opened for this process, by its environment (sd_listen_fds(3)): LISTEN_FDS of them from 3 on, if
 * LISTEN_PID is this process. Throws UsageError if there are none.
 */
export function systemdSockets(environment: Readonly<Record<string, string | undefined>>, processId: number): readonly number[] {
  const count = environment['LISTEN_PID'] === String(processId) ? Number(environment['LISTEN_FDS'] ?? 0) : 0;
  if (!(count > 0)) throw new UsageError('--web.systemd-socket: got no sockets from systemd, want a .socket unit for this service');
  return Array.from({ length: count }, (_, index) => 3 + index);
}
