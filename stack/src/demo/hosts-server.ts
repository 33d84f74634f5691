import { createServer, type Server } from 'node:http';
import { exposeNow, marker } from './exposition.ts';
import { targetsOf } from './series.ts';
import { tellStory } from './story.ts';

/**
 * Serves the generated targets live: `/targets/0`, `/targets/1`, … in the order of `targetsOf`, as they are at this moment.
 * @param now Unix seconds.
 */
export function serveHosts(port: number, anchor: number, now: () => number, host = '127.0.0.1'): Promise<Server> {
  const targets = targetsOf(tellStory(anchor));
  const server = createServer((request, response) => {
    if (request.url === '/-/healthy') {
      response.end('OK\n');
      return;
    }
    const index = /^\/targets\/(\d+)$/.exec(request.url ?? '')?.[1];
    const target = index === undefined ? undefined : targets[Number(index)];
    const text = target === undefined ? undefined : exposeNow(target, now());
    if (text === undefined) response.writeHead(target === undefined ? 404 : 503).end();
    else response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

/** The scrape configuration that reads them under the names that the history has. */
export function hostsScrapeConfig(anchor: number, address: string): unknown {
  const targets = targetsOf(tellStory(anchor)).map(({ job, instance }, i) => ({
    targets: [address],
    labels: { __metrics_path__: `/targets/${i}`, job, instance, ...marker },
  }));
  return { job_name: 'demo', static_configs: targets };
}
