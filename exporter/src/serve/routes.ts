import type { RequestHandler } from '@presage/service/web.ts';
import { landingPage } from './landing-page.ts';

/** What the server answers, by path. */
export interface Routes {
  /** --web.telemetry-path */
  readonly telemetryPath: string;
  readonly metrics: RequestHandler;
  readonly version: string;
  /** Further pages: their path and what it shows. */
  readonly pages?: readonly { readonly path: string; readonly title: string; readonly handler: RequestHandler }[];
}

/** Serves metrics, health, further pages and a page that leads to them; 404 for the rest, 405 for what is not a read. */
export function routes({ telemetryPath, metrics, version, pages = [] }: Routes): RequestHandler {
  const landing = landingPage(version, [{ path: telemetryPath, title: 'Metrics' }, ...pages]);
  const handlers = new Map<string, RequestHandler>([
    ['/', (_, response) => void response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(landing)],
    ['/-/healthy', (_, response) => void response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' }).end('Healthy\n')],
    ...pages.map(({ path, handler }) => [path, handler] as const),
    [telemetryPath, metrics],
  ]);
  return (request, response) => {
    const handler = handlers.get((request.url ?? '/').split('?', 1)[0]);
    const plain = { 'Content-Type': 'text/plain; charset=utf-8' };
    if (handler === undefined) return void response.writeHead(404, plain).end('404 page not found\n');
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return void response.writeHead(405, { ...plain, Allow: 'GET, HEAD' }).end('405 method not allowed\n');
    return handler(request, response);
  };
}
