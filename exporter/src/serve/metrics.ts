import { encodeBody, TEXT_CONTENT_TYPE } from '@presage/service/exposition.ts';
import type { RequestHandler } from '@presage/service/web.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { scrapeSeconds } from '../scrape/deadline.ts';
import type { Runner } from '../scrape/runner.ts';
import { BodyRoom } from './body-room.ts';
import type { SelfMetrics } from './self-metrics.ts';

/** What the metrics endpoint needs. */
export interface MetricsOptions {
  readonly runner: Runner;
  readonly self: SelfMetrics;
  /** --collector.timeout, in seconds. */
  readonly timeout: number;
  /** --web.max-requests; 0 is no limit. */
  readonly maxRequests: number;
  /** Called after each answer. */
  readonly answered: () => void;
}

/** Answers a scrape: `collect[]` and `exclude[]` choose collectors; both at once and unknown names are 400, too many scrapes 503. */
export function metricsHandler({ runner, self, timeout, maxRequests, answered }: MetricsOptions): RequestHandler {
  const room = new BodyRoom();
  let scrapes = 0;
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<number> => {
    if (maxRequests > 0 && scrapes > maxRequests)
      return refuse(response, 503, `Limit of concurrent requests reached (${maxRequests}), try again later.`);
    const chosen = chosenCollectors(new URL(request.url ?? '/', 'http://localhost').searchParams, runner.names);
    if (typeof chosen === 'string') return refuse(response, 400, chosen);
    const header = request.headers['x-prometheus-scrape-timeout-seconds'];
    const { text, duplicates } = await runner.scrape(scrapeSeconds(timeout, Array.isArray(header) ? header[0] : header), chosen);
    if (duplicates > 0) self.countDuplicates(duplicates);
    const { body, headers } = encodeBody(room.take([text, self.write()], response), request.headers['accept-encoding']);
    response.writeHead(200, { 'Content-Type': TEXT_CONTENT_TYPE, ...headers }).end(body);
    return 200;
  };
  return async (request, response) => {
    const ends = self.scrapeBegins();
    scrapes += 1;
    let status = 500;
    try {
      status = await serve(request, response);
    } finally {
      scrapes -= 1;
      ends(status);
      answered();
    }
  };
}

/** The names chosen by a query, undefined for all, or what is wrong with it. */
export function chosenCollectors(query: URLSearchParams, names: readonly string[]): readonly string[] | undefined | string {
  const collect = query.getAll('collect[]');
  const exclude = query.getAll('exclude[]');
  if (collect.length > 0 && exclude.length > 0) return 'query: got collect[] and exclude[], want one of them';
  const unknown = [...collect, ...exclude].find((name) => !names.includes(name));
  if (unknown !== undefined) return `query: got collector ${JSON.stringify(unknown)}, want one that is switched on: ${names.join(', ')}`;
  if (collect.length > 0) return names.filter((name) => collect.includes(name));
  return exclude.length > 0 ? names.filter((name) => !exclude.includes(name)) : undefined;
}

function refuse(response: ServerResponse, status: number, reason: string): number {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${reason}\n`);
  return status;
}
