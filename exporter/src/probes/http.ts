import { nodeTls } from '@presage/service/lazy-node.ts';
import { errorText } from '@presage/service/log.ts';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { dial } from './dial.ts';
import { readBody } from './http-body.ts';
import { bodyFits, headersFit, statusFits, versionFits } from './http-checks.ts';
import { exchange, type Answer, type Exchange } from './http-exchange.ts';
import type { HttpModule } from './module-keys.ts';
import type { ProbeContext, Prober } from './prober.ts';
import { resolveTarget } from './resolve.ts';
import { readTlsFacts, startTls } from './tls-client.ts';

const MOST_REDIRECTS = 10;

/** Asks for a page, follows redirects, and judges status, version, headers and body. blackbox_exporter's `http` prober. */
export const probeHttp: Prober<HttpModule> = async (target, settings, context) => {
  const { readings, log } = context;
  readings.setPhase('probe_http_duration_seconds', 'resolve', 0);
  for (const name of ['probe_failed_due_to_regex', 'probe_http_content_length', 'probe_http_redirects', 'probe_http_ssl'] as const)
    readings.set(name, 0);
  for (const name of ['probe_http_status_code', 'probe_http_uncompressed_body_length', 'probe_http_version'] as const)
    readings.set(name, 0);
  let request = firstRequest(target, settings);
  const cookies = new Map<string, string>();
  for (let redirects = 0; ; redirects += 1) {
    const { answer, socket, processed } = await send(withCookies(request, cookies), settings, context, redirects === 0);
    readings.set('probe_http_redirects', redirects);
    const location = redirectOf(answer);
    if (location === undefined || settings.no_follow_redirects || !settings.follow_redirects || redirects >= MOST_REDIRECTS) {
      if (location !== undefined) readings.set('probe_http_redirects', redirects + 1);
      return judge(answer, socket, processed, location === undefined, settings, context);
    }
    log.debug('redirected', { status: answer.status, location });
    keepCookies(answer, request.url, cookies);
    answer.body.destroy();
    socket.destroy();
    request = redirected(request, answer.status, new URL(location, request.url));
  }
};

function firstRequest(target: string, settings: HttpModule): Exchange {
  const url = new URL(/^https?:\/\//.test(target) ? target : `http://${target}`);
  const given = Object.fromEntries(settings.headers);
  const hostHeader = Object.keys(given).find((name) => name.toLowerCase() === 'host');
  const host = hostHeader === undefined ? url.host : given[hostHeader];
  if (hostHeader !== undefined) delete given[hostHeader];
  const named = (name: string) => Object.keys(given).some((header) => header.toLowerCase() === name);
  const credentials = authorizationOf(settings, url);
  const headers: Record<string, string> = { ...given };
  if (!named('user-agent')) headers['User-Agent'] = 'presage-exporter';
  if (credentials !== undefined && !named('authorization')) headers['Authorization'] = credentials;
  if (settings.compression !== '' && !named('accept-encoding')) headers['Accept-Encoding'] = settings.compression;
  const body = settings.body_file === '' ? settings.body : readFileSync(settings.body_file, 'utf8');
  return { url, host, method: settings.method === '' ? 'GET' : settings.method, headers, body };
}

function authorizationOf({ basic_auth: basic, authorization, bearer_token, bearer_token_file }: HttpModule, url: URL): string | undefined {
  const secret = (inline: string, file: string) => (file === '' ? inline : readFileSync(file, 'utf8').trim());
  const password = secret(basic.password, basic.password_file);
  const credentials = secret(authorization.credentials, authorization.credentials_file);
  const token = secret(bearer_token, bearer_token_file);
  if (basic.username !== '' || password !== '') return `Basic ${Buffer.from(`${basic.username}:${password}`).toString('base64')}`;
  if (credentials !== '') return `${authorization.type} ${credentials}`;
  if (token !== '') return `Bearer ${token}`;
  if (url.username === '') return undefined;
  return `Basic ${Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString('base64')}`;
}

interface Sent {
  readonly answer: Answer;
  readonly socket: Socket;
  /** When the answer's head had arrived, in milliseconds of performance.now(). */
  readonly processed: number;
}

/** One round trip: resolve, connect, TLS, request, the head of the answer. Adds the phases' durations. */
async function send(request: Exchange, settings: HttpModule, context: ProbeContext, first: boolean): Promise<Sent> {
  const { readings, log } = context;
  const { url } = request;
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const resolved = await resolveTarget(name, settings.preferred_ip_protocol, settings.ip_protocol_fallback, context);
  const phase = (phaseName: string, milliseconds: number) => readings.add('probe_http_duration_seconds', phaseName, milliseconds / 1000);
  phase('resolve', resolved.seconds * 1000);
  if (first) for (const later of ['connect', 'tls', 'processing', 'transfer']) phase(later, 0);
  log.debug('sending the request', { method: request.method, url: url.href, host: request.host });
  const begun = performance.now();
  const secure = url.protocol === 'https:';
  const plain = await dial(resolved.address, Number(url.port) || (secure ? 443 : 80), '', context);
  const connected = performance.now();
  phase('connect', connected - begun);
  const serverName = request.host === url.host ? name : request.host.replace(/:\d+$/, '');
  const protocols = settings.enable_http2 ? ['h2', 'http/1.1'] : ['http/1.1'];
  const socket = secure ? await startTls(plain, settings.tls_config, serverName, protocols, context) : plain;
  const ready = performance.now();
  phase('tls', secure ? ready - connected : 0);
  const answer = await exchange(request, socket, context);
  const processed = performance.now();
  phase('processing', processed - ready);
  return { answer, socket, processed };
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

function redirectOf({ status, headers }: Answer): string | undefined {
  return REDIRECTS.has(status) ? headers.get('location')?.[0] : undefined;
}

/** The next request, by the rules of Go's client: 307 and 308 repeat, others ask by GET; other hosts get no credentials. */
function redirected(request: Exchange, status: number, url: URL): Exchange {
  const repeats = status === 307 || status === 308;
  const sameHost = url.hostname === request.url.hostname;
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => sameHost || !/^(authorization|cookie|www-authenticate)$/i.test(name)),
  );
  const method = repeats || request.method === 'HEAD' ? request.method : 'GET';
  const host = url.host === request.url.host ? request.host : url.host;
  return { url, host, method, headers, body: repeats ? request.body : '' };
}

/** Cookies by host and name, for as long as one probe: a page that redirects until its cookie comes back is common. */
function keepCookies({ headers }: Answer, { hostname }: URL, cookies: Map<string, string>): void {
  for (const line of headers.get('set-cookie') ?? []) {
    const pair = line.split(';', 1)[0];
    const name = pair.slice(0, Math.max(0, pair.indexOf('='))).trim();
    if (name !== '') cookies.set(`${hostname} ${name}`, pair.trim());
  }
}

function withCookies(request: Exchange, cookies: ReadonlyMap<string, string>): Exchange {
  const own = [...cookies].filter(([key]) => key.startsWith(`${request.url.hostname} `)).map(([, pair]) => pair);
  return own.length === 0 ? request : { ...request, headers: { ...request.headers, Cookie: own.join('; ') } };
}

async function judge(
  answer: Answer,
  socket: Socket,
  processed: number,
  readIt: boolean,
  settings: HttpModule,
  context: ProbeContext,
): Promise<boolean> {
  const { readings, log } = context;
  log.debug('answer received', { status: answer.status, version: `HTTP/${answer.version}` });
  readings.set('probe_http_status_code', answer.status);
  readings.set('probe_http_version', Number(answer.version));
  readings.set('probe_http_content_length', Number(answer.headers.get('content-length')?.[0] ?? -1));
  const modified = Date.parse(answer.headers.get('last-modified')?.[0] ?? '');
  if (!Number.isNaN(modified)) readings.set('probe_http_last_modified_timestamp_seconds', modified / 1000);
  const secure = socket instanceof nodeTls().TLSSocket;
  readings.set('probe_http_ssl', secure ? 1 : 0);
  if (secure) readTlsFacts(socket, context);
  let success = statusFits(answer, settings, context);
  if (success && !headersFit(answer, settings, context)) {
    success = false;
    readings.set('probe_failed_due_to_regex', 1);
  }
  const judgesBody = settings.fail_if_body_matches_regexp.length + settings.fail_if_body_not_matches_regexp.length > 0;
  if (readIt || judgesBody) {
    const body = await readBody(answer.body, settings, success && judgesBody);
    readings.add('probe_http_duration_seconds', 'transfer', (performance.now() - processed) / 1000);
    readings.set('probe_http_uncompressed_body_length', body.length);
    if (body.fault !== undefined) {
      log.debug('body not read to its end', { err: errorText(body.fault) });
      success = false;
    } else if (success && judgesBody && !bodyFits(body, settings, context)) {
      success = false;
      readings.set('probe_failed_due_to_regex', 1);
    }
  }
  if (secure ? settings.fail_if_ssl : settings.fail_if_not_ssl) {
    log.debug(secure ? 'the last request went over TLS' : 'the last request went without TLS');
    success = false;
  }
  return versionFits(answer, settings, context) && success;
}
