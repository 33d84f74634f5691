import { createServer } from 'node:http';
import { ReadRequestError, readHandler, readResponseHeaders, type ReadSource } from '../prometheus/remote-read.ts';

/** A remote-read endpoint on a free loopback port. */
export interface ReadServer {
  readonly url: string;
  close(): void;
}

/** Serves `source` to the Prometheus of a replay. */
export function startReadServer(source: ReadSource): Promise<ReadServer> {
  const answer = readHandler(source);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      try {
        const body = answer(Buffer.concat(chunks));
        response.writeHead(200, readResponseHeaders).end(body);
      } catch (error) {
        if (!(error instanceof ReadRequestError)) throw error;
        response.writeHead(error.status).end(error.message);
      }
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const close = (): void => {
        server.close();
        server.closeAllConnections();
      };
      resolve({ url: `http://127.0.0.1:${port}/api/v1/read`, close });
    });
  });
}
