import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type AgentOptions } from 'node:https';
import { Readable } from 'node:stream';
import axios, { type AxiosInstance } from 'axios';
import { PrometheusError, TooMuchError } from './prometheus-error.ts';

/** Where Prometheus is and how to be let in. */
export interface Endpoint {
  /** Base address, with a path prefix where there is one. User and password in it are used for basic auth. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly basicAuth?: { readonly username: string; readonly password: string };
  readonly bearerToken?: string;
  /** Certificates for https, as Node's TLS takes them. */
  readonly tls?: Pick<AgentOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;
}

export interface TransportOptions extends Endpoint {
  /** Seconds for one request, from connecting to the last byte. */
  readonly timeoutSeconds: number;
  /** Largest answer that is taken, after decompression. */
  readonly maxAnswerBytes: number;
  /** Ends everything that is under way. */
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
  readonly contentType: string;
  /** Seconds of a Retry-After header, else 0. */
  readonly retryAfterSeconds: number;
}

export interface HttpQuestion {
  readonly method: 'GET' | 'POST';
  /** Below the base address, without a leading slash. */
  readonly path: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer whose body is still coming. */
export interface HttpStream {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfterSeconds: number;
  /** Throws a PrometheusError where the connection breaks or nothing comes for the time limit of the transport. */
  readonly pieces: AsyncIterable<Buffer>;
}

/** Sends one request and gives whatever status comes back. Both throw a PrometheusError where nothing usable does. */
export interface Transport {
  /** The whole answer, within the time limit. */
  request(question: HttpQuestion): Promise<HttpAnswer>;
  /** The answer piece by piece, each within the time limit. The pieces must be read to the end or left by `break`. */
  stream(question: HttpQuestion): Promise<HttpStream>;
}

/** A transport over axios that keeps its connections. */
export function createTransport(options: TransportOptions): Transport {
  const { base, shown, loopback } = readAddress(options.url);
  const client = createAxios(options, base, loopback);
  const send = async (question: HttpQuestion, responseType: 'arraybuffer' | 'stream', watch: Watch) => {
    const { method, path, body, headers } = question;
    try {
      const data = typeof body === 'object' ? Buffer.from(body.buffer, body.byteOffset, body.byteLength) : body;
      const answer = await client.request<unknown>({
        method,
        url: path,
        data,
        headers: { ...headers },
        signal: watch.signal,
        responseType,
      });
      return { status: answer.status, body: answer.data, ...readHeaders(answer.headers) };
    } catch (error) {
      throw readFailure(error, `${shown}${path}`, watch.late(), options);
    }
  };
  return {
    request: async (question) => {
      const watch = startWatch(options);
      try {
        const { body, ...answer } = await send(question, 'arraybuffer', watch);
        return { ...answer, body: Buffer.isBuffer(body) ? body : Buffer.alloc(0) };
      } finally {
        watch.stop();
      }
    },
    stream: async (question) => {
      const watch = startWatch(options);
      const { body, ...answer } = await send(question, 'stream', watch);
      return {
        ...answer,
        pieces: watched(body instanceof Readable ? body : Readable.from([]), watch, (error) =>
          readFailure(error, `${shown}${question.path}`, watch.late(), options),
        ),
      };
    },
  };
}

/** Ends a request that takes too long. */
interface Watch {
  readonly signal: AbortSignal;
  /** Starts the time anew. */
  again(): void;
  stop(): void;
  late(): boolean;
}

function startWatch({ timeoutSeconds, signal }: TransportOptions): Watch {
  const controller = new AbortController();
  let late = false;
  const expire = (): void => {
    late = true;
    controller.abort();
  };
  let timer = setTimeout(expire, timeoutSeconds * 1000);
  return {
    signal: signal ? AbortSignal.any([controller.signal, signal]) : controller.signal,
    again: () => {
      clearTimeout(timer);
      timer = setTimeout(expire, timeoutSeconds * 1000);
    },
    stop: () => clearTimeout(timer),
    late: () => late,
  };
}

async function* watched(pieces: AsyncIterable<Buffer>, watch: Watch, failure: (error: unknown) => Error): AsyncIterable<Buffer> {
  try {
    for await (const piece of pieces) {
      watch.again();
      yield piece;
    }
  } catch (error) {
    throw failure(error);
  } finally {
    watch.stop();
  }
}

function readHeaders(headers: Readonly<Record<string, unknown>>): Pick<HttpAnswer, 'contentType' | 'retryAfterSeconds'> {
  const contentType = headers['content-type'];
  return {
    contentType: typeof contentType === 'string' ? contentType : '',
    retryAfterSeconds: Math.max(0, Number(headers['retry-after'] ?? 0)) || 0,
  };
}

/** All that an endpoint is asked with and nobody else shall read. */
export function secretsOf({ url, headers = {}, basicAuth, bearerToken }: Endpoint): readonly string[] {
  const login = basicAuth ?? credentialsOf(url);
  return [
    ...Object.values(headers),
    ...(bearerToken === undefined ? [] : [bearerToken]),
    ...(login ? [`${login.username}:${login.password}`, login.password] : []),
  ];
}

/** The address without credentials, fit for texts. */
export function shownAddress(url: string): string {
  return readAddress(url).shown;
}

function createAxios(options: TransportOptions, base: URL, loopback: boolean): AxiosInstance {
  const basicAuth = options.basicAuth ?? credentialsOf(options.url);
  return axios.create({
    baseURL: base.href,
    maxContentLength: options.maxAnswerBytes,
    maxRedirects: 3,
    beforeRedirect: (to) => leaveAtHome(to, base, options.headers ?? {}),
    validateStatus: () => true,
    transformResponse: [(data: unknown) => data],
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true, ...options.tls }),
    // A proxy that the environment names is for the outside, as in Go's clients.
    ...(loopback ? { proxy: false as const } : {}),
    ...(basicAuth ? { auth: basicAuth } : {}),
    headers: {
      'user-agent': 'presage',
      // Compression on loopback costs both sides time and saves none.
      'accept-encoding': loopback ? 'identity' : 'gzip',
      ...(options.bearerToken ? { authorization: `Bearer ${options.bearerToken}` } : {}),
      ...options.headers,
    },
  });
}

function readAddress(text: string): { readonly base: URL; readonly shown: string; readonly loopback: boolean } {
  const base = new URL(text);
  base.username = '';
  base.password = '';
  base.search = '';
  base.hash = '';
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  return { base, shown: base.href, loopback: /^(localhost|127(\.\d+){3}|\[::1\])$/.test(base.hostname) };
}

function credentialsOf(text: string): { readonly username: string; readonly password: string } | undefined {
  const { username, password } = new URL(text);
  return username ? { username: decodeURIComponent(username), password: decodeURIComponent(password) } : undefined;
}

/** Headers of the configuration are for its server alone; the library drops by itself what HTTP knows for a credential. */
function leaveAtHome(to: Readonly<Record<string, unknown>>, home: URL, headers: Readonly<Record<string, string>>): void {
  const there = String(to['href']);
  const sent = to['headers'];
  if ((URL.canParse(there) && new URL(there).origin === home.origin) || typeof sent !== 'object' || sent === null) return;
  const own = Object.keys(headers).map((name) => name.toLowerCase());
  for (const name of Object.keys(sent)) if (own.includes(name.toLowerCase())) Reflect.deleteProperty(sent, name);
}

/** Takes code and message alone: an axios error carries the request with its credentials. */
function readFailure(error: unknown, address: string, late: boolean, options: TransportOptions): PrometheusError {
  if (late) return new PrometheusError('unreachable', `${address}: no answer within ${options.timeoutSeconds} s`);
  if (!axios.isAxiosError(error)) return new PrometheusError('bad-answer', `${address}: ${String(error)}`);
  if (error.message.includes('maxContentLength'))
    return new TooMuchError(`${address}: the answer is larger than ${options.maxAnswerBytes} bytes`);
  if (error.code === 'ERR_CANCELED') return new PrometheusError('unreachable', `${address}: cancelled`);
  return new PrometheusError('unreachable', `${address}: ${error.message || error.code || 'no connection'}`);
}
