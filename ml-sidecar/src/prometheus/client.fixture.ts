import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createPrometheusClient, type PrometheusClient, type PrometheusClientOptions } from './client.ts';

/** Answers as one request after another wants it; the last answer stands for all that follow. */
export type Reply = (query: URLSearchParams, response: ServerResponse, request: IncomingMessage) => void;

const servers: Server[] = [];

/** Ends all servers of a test. */
export function closeServers(): void {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
}

/** The answer to a range query. */
export function matrix(result: string): string {
  return `{"status":"success","data":{"resultType":"matrix","result":[${result}]}}`;
}

/** The answer to an instant query: one series without labels. */
export function vector(pair: string): string {
  return `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":${pair}}]}}`;
}

/** An error as Prometheus sends it. */
export function fail(response: ServerResponse, status: number, errorType: string, error: string): void {
  response.writeHead(status).end(JSON.stringify({ status: 'error', errorType, error }));
}

/** Options of a client that waits for nothing and writes down how long it would have waited. */
export function plain(waits: number[]): Omit<PrometheusClientOptions, 'url'> {
  const sleep = async (seconds: number) => void waits.push(seconds);
  return { timeoutSeconds: 5, sleep, random: () => 0.5 };
}

/** What a test holds of a server. */
export interface Served {
  readonly client: PrometheusClient;
  readonly server: Server;
  readonly url: string;
  readonly waits: number[];
  readonly count: () => number;
}

/** A server that answers as told, and a client of it. */
export async function serve(replies: readonly Reply[], options: Partial<PrometheusClientOptions> = {}): Promise<Served> {
  let count = 0;
  const waits: number[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const reply = replies[Math.min(count++, replies.length - 1)];
      reply?.(new URLSearchParams(Buffer.concat(parts).toString()), response, request);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${portOf(server)}`;
  return { client: createPrometheusClient({ ...plain(waits), url, ...options }), server, url, waits, count: () => count };
}

/** The port that a server listens on. */
export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** Every text that can be reached from an error, hidden properties included. */
export function inspectDeep(error: unknown): string {
  const seen = new Set<unknown>();
  const texts: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value === 'string') texts.push(value);
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    Reflect.ownKeys(value).forEach((key) => visit(Reflect.get(value, key)));
  };
  visit(error);
  return texts.join('\n');
}
