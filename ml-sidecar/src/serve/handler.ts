import type { IncomingMessage, ServerResponse } from 'node:http';
import { acceptsGzip, TEXT_CONTENT_TYPE } from '@presage/service/exposition.ts';
import { answering } from '@presage/service/giving-way.ts';
import { errorText } from '@presage/service/log.ts';
import { ReadRequestError, gentleReadHandler, readResponseHeaders } from '../prometheus/remote-read.ts';
import { apiOf } from '../configuration/api.ts';
import { createAccess, type Refusal } from './access.ts';
import { createApi } from './api.ts';
import { bodyOf, BodyTooLargeError } from './body.ts';
import { answerPage } from './page-files.ts';
import { KeptPage } from './kept-page.ts';
import { metricsInPieces } from './metrics.ts';
import { forecastSearch } from './read.ts';
import { answerReload } from './reload.ts';
import { sendBytes, sendParts, sendPieces } from './send.ts';
import type { Served } from './served.ts';
import { answerWrite } from './write.ts';

/** Largest compressed remote-read request; a selector is some hundred bytes. */
const mostReadBytes = 2 ** 20;
/** Series from which on the compressed page is kept from scrape to scrape. */
const manySeries = 2000;

/** Answers every path of the sidecar: what Prometheus asks often straight, the rest through the API. */
export function createHandler(served: Served): (request: IncomingMessage, response: ServerResponse) => void | Promise<void> {
  const api = createApi(served);
  const read = gentleReadHandler(forecastSearch(served));
  const kept = new KeptPage(served, () => performance.now() / 1000);
  const access = createAccess(() => served.access ?? apiOf(undefined));
  return (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0];
    const admitted = access.refusalOf(request, path);
    if ('status' in admitted) return answerRefusal(admitted, path, response);
    response.once('close', admitted.finished);
    if (path === '/metrics') return answerMetrics(served, kept, request, response);
    if (path === '/api/v1/read') return answerRead(read, request, response);
    if (path === '/api/v1/write') return answerWrite(served.receiver, request, response);
    if (path === '/-/healthy') return plain(response, 200, 'Presage is healthy.\n');
    if (path === '/-/ready') {
      return served.ready() ? plain(response, 200, 'Presage is ready.\n') : plain(response, 503, 'Presage is loading history.\n');
    }
    if (path === '/-/reload') return answerReload(served, request, response);
    const file = served.page?.get(path);
    return file ? answerPage(file, request, response) : api(request, response);
  };
}

function answerRefusal({ status, errorType, message, headers = {} }: Refusal, path: string, response: ServerResponse): void {
  if (!path.startsWith('/api/')) return plain(response, status, `${message}\n`, { ...headers, 'X-Content-Type-Options': 'nosniff' });
  const body = JSON.stringify({ status: 'error', errorType, error: message });
  const own = { 'Content-Type': 'application/json; charset=utf-8', 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' };
  response.writeHead(status, { ...own, ...headers }).end(body);
}

async function answerMetrics(served: Served, kept: KeptPage, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const series = served.watches.reduce((sum, { watch }) => sum + watch.series.size, 0);
  if (series >= manySeries && acceptsGzip(request.headers['accept-encoding'])) {
    return sendParts(response, TEXT_CONTENT_TYPE, kept.parts(answering(), served.selfMetrics));
  }
  await sendPieces(request, response, TEXT_CONTENT_TYPE, allMetrics(served));
}

async function* allMetrics(served: Served): AsyncGenerator<string> {
  yield* metricsInPieces(served);
  yield await served.selfMetrics();
}

async function answerRead(read: ReturnType<typeof gentleReadHandler>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') return plain(response, 405, `got ${request.method}, want POST\n`, { Allow: 'POST' });
  try {
    await sendBytes(response, readResponseHeaders, await read(await bodyOf(request, mostReadBytes), answering()));
  } catch (error) {
    if (error instanceof ReadRequestError) return plain(response, error.status, `${errorText(error)}\n`);
    if (error instanceof BodyTooLargeError) return plain(response, 413, `${error.message}\n`, { Connection: 'close' });
    throw error;
  }
}

function plain(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...headers }).end(text);
}
