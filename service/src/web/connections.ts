import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Server as TlsServer, TLSSocket } from 'node:tls';
import { nodeTls } from '../lazy-node.ts';
import type { Logger } from '../log.ts';
import { serveHttp2 } from './http2.ts';
import { noteCertificate } from './sender.ts';
import { clientFault } from './tls.ts';
import type { LoadedWebConfig, WebConfigSource } from './web-config.ts';

/** Speaks HTTP, with or without TLS, on connections that others accepted. */
export interface Connections {
  /** Takes a fresh TCP connection over, by the configuration of this moment. */
  take(socket: Socket): void;
  /** Ends what is idle now, and the rest as its last answer goes out. */
  drain(): void;
}

/** Longer than the usual scrape interval of a minute, so that Prometheus keeps one connection. */
const KEEP_ALIVE_MILLISECONDS = 90_000;
const HANDSHAKE_MILLISECONDS = 10_000;

/** Seconds that a client may take to send the headers of a request, and all of it. What is slower is cut off. */
export interface Patience {
  readonly headers: number;
  readonly request: number;
}

/** A body of 32 MiB at 0.5 MiB a second. */
export const usualPatience: Patience = { headers: 15, request: 60 };

/** Connections that end in one HTTP/1.1 server, which owns no port: plain, TLS, and HTTP/2 by way of `serveHttp2`. */
export function createConnections(source: WebConfigSource, listener: RequestListener, log: Logger, patience = usualPatience): Connections {
  const server = createHttpServer(
    {
      keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
      headersTimeout: patience.headers * 1000,
      requestTimeout: patience.request * 1000,
      connectionsCheckingInterval: Math.min(5, patience.headers / 2) * 1000,
    },
    listener,
  );
  // Starts the server's watch over slow headers, which a port would have started.
  server.emit('listening');
  const drainHttp = drainHttp1(server);
  const sessions = new Set<ServerHttp2Session>();
  let draining = false;
  let built: { readonly from: LoadedWebConfig; readonly tls: TlsServer } | undefined;
  const secure = (socket: TLSSocket, loaded: LoadedWebConfig) => {
    const fault = clientFault(loaded.config.tls_server_config, socket);
    if (fault !== undefined) {
      log.debug('client refused', { client: socket.remoteAddress, err: `the client ${fault}` });
      socket.destroy();
      return;
    }
    if (socket.authorized) noteCertificate(socket, String(socket.getPeerCertificate().subject?.CN ?? ''));
    if (socket.alpnProtocol === 'h2') {
      const session = serveHttp2(socket, server);
      sessions.add(session);
      session.on('close', () => sessions.delete(session));
      if (draining) session.close();
    } else server.emit('connection', socket);
  };
  return {
    take: (socket) => {
      const loaded = source.current();
      if (loaded.tls === undefined) {
        server.emit('connection', socket);
        return;
      }
      if (built?.from !== loaded) built = { from: loaded, tls: tlsServer(loaded, secure, log) };
      // As Node's own TLS servers: a client that hangs up amid the handshake is gone.
      socket.allowHalfOpen = false;
      built.tls.emit('connection', socket);
    },
    drain: () => {
      draining = true;
      drainHttp();
      for (const session of sessions) session.close();
    },
  };
}

function tlsServer(loaded: LoadedWebConfig, secure: (socket: TLSSocket, loaded: LoadedWebConfig) => void, log: Logger): TlsServer {
  const server = nodeTls().createServer({ ...loaded.tls, handshakeTimeout: HANDSHAKE_MILLISECONDS });
  server.on('secureConnection', (socket) => secure(socket, loaded));
  server.on('tlsClientError', (error, socket) => {
    log.debug('TLS handshake failed', { client: socket.remoteAddress, err: error });
    socket.destroy();
  });
  return server;
}

/** Ends HTTP/1.1 connections between answers, from the moment that the returned function is called. */
function drainHttp1(server: Server): () => void {
  const open = new Map<Duplex, number>();
  let draining = false;
  server.on('connection', (socket: Duplex) => {
    if (draining) {
      socket.destroy();
      return;
    }
    open.set(socket, 0);
    socket.on('close', () => open.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    open.set(socket, (open.get(socket) ?? 0) + 1);
    response.on('close', () => {
      const left = (open.get(socket) ?? 1) - 1;
      if (open.has(socket)) open.set(socket, left);
      if (draining && left === 0) socket.end();
    });
  });
  return () => {
    draining = true;
    for (const [socket, requests] of open) if (requests === 0) socket.destroy();
    server.close();
  };
}
