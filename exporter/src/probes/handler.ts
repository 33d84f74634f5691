import { encodeBody, TEXT_CONTENT_TYPE } from '@presage/service/exposition.ts';
import type { Logger } from '@presage/service/log.ts';
import type { RequestHandler } from '@presage/service/web.ts';
import type { ServerResponse } from 'node:http';
import { Ending } from './ending.ts';
import type { Module, ProbeConfig } from './modules.ts';
import { moduleText } from './module-text.ts';
import { keptLog, runProbe } from './probe.ts';

/** Prometheus gives up at its own timeout; the answer must be on its way before. */
const TIMEOUT_OFFSET_SECONDS = 0.5;

/** Where neither Prometheus nor the module says how long a probe may take. */
const DEFAULT_TIMEOUT_SECONDS = 120;

/** Most probes at a time over /probe; more are refused with 503, as a flood would take the host's sockets. */
const MOST_PROBES = 200;

/** Answers `/probe?target=…&module=…[&hostname=…][&debug=true]`, as blackbox_exporter does. `config` is asked at each probe. */
export function probeHandler(config: () => ProbeConfig, log: Logger): RequestHandler {
  let running = 0;
  return async (request, response) => {
    const query = new URLSearchParams((request.url ?? '').split('?', 2)[1] ?? '');
    const moduleName = query.get('module') ?? '';
    const named = moduleName === '' ? 'http_2xx' : moduleName;
    const module = config().modules.get(named);
    const target = query.get('target') ?? '';
    if (module === undefined) return refuse(response, 400, `Unknown module ${JSON.stringify(named)}`);
    if (module.prober === 'grpc')
      return refuse(
        response,
        400,
        `Module ${JSON.stringify(named)}: got the prober grpc, want http, tcp, icmp or dns: gRPC health checks are not supported yet, so leave them to blackbox_exporter`,
      );
    if (target === '') return refuse(response, 400, 'Target parameter is missing');
    const own = withHostname(module, query.get('hostname') ?? '');
    if (typeof own === 'string') return refuse(response, 400, own);
    const timeout = probeTimeout(request.headers['x-prometheus-scrape-timeout-seconds'], module.timeout);
    if (timeout === undefined) return refuse(response, 400, 'X-Prometheus-Scrape-Timeout-Seconds is no number of seconds');
    if (running >= MOST_PROBES) return refuse(response, 503, `${running} probes are running`);
    running += 1;
    const ending = new Ending();
    response.once('close', () => ending.end());
    try {
      const debug = query.get('debug') === 'true';
      const kept = debug ? keptLog() : undefined;
      const { readings } = await runProbe({ target, moduleName: named, module: own, timeout, log: kept?.log ?? log, ending });
      const text = readings.text();
      if (kept === undefined) return answer(response, TEXT_CONTENT_TYPE, text, request.headers['accept-encoding']);
      const parts = [`Log of the probe:\n${kept.lines()}`, `Metrics that it would give:\n${text}`, `Its module:\n${await moduleText(own)}`];
      return answer(response, 'text/plain; charset=utf-8', parts.join('\n\n'), undefined);
    } finally {
      running -= 1;
    }
  };
}

/** Seconds that a probe may take: the module's timeout or Prometheus' less half a second, whichever is shorter. */
export function probeTimeout(header: string | readonly string[] | undefined, ofModule: number): number | undefined {
  const given = header === undefined || header === '' ? 0 : Number(header);
  if (!Number.isFinite(given) || given < 0) return undefined;
  const most = (given === 0 ? DEFAULT_TIMEOUT_SECONDS : given) - TIMEOUT_OFFSET_SECONDS;
  if (ofModule > 0 && (ofModule < most || most <= 0)) return ofModule;
  // A scrape timeout under half a second leaves half of it, not nothing.
  return most > 0 ? most : given / 2;
}

/** The module with a host name of the request's: the Host header over HTTP, the name to verify over TCP. A text is a fault. */
function withHostname(module: Module, hostname: string): Module | string {
  if (hostname === '') return module;
  if (module.prober === 'tcp' && module.settings.tls_config.server_name === '')
    return { ...module, settings: { ...module.settings, tls_config: { ...module.settings.tls_config, server_name: hostname } } };
  if (module.prober !== 'http') return module;
  const own = [...module.settings.headers].find(([name]) => name.toLowerCase() === 'host');
  if (own !== undefined && own[1] !== hostname) return `The module's Host header is ${own[1]}, the request's hostname ${hostname}`;
  return { ...module, settings: { ...module.settings, headers: new Map([...module.settings.headers, ['Host', hostname]]) } };
}

function answer(response: ServerResponse, type: string, text: string, acceptEncoding: string | undefined): void {
  const { body, headers } = encodeBody(text, acceptEncoding);
  response.writeHead(200, { 'Content-Type': type, ...headers }).end(body);
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' }).end(`${text}\n`);
}
