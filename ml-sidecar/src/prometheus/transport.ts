import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type AgentOptions } from 'node:https';
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

/** Sends one request and gives whatever status comes back. Throws a PrometheusError where nothing usable does. */
export type Transport = (question: HttpQuestion) => Promise<HttpAnswer>;

/** A transport over axios that keeps its connections. */
export function createTransport(options: TransportOptions): Transport {
  const { base, shown, loopback } = readAddress(options.url);
  const client = createAxios(options, base, loopback);
  return async ({ method, path, body, headers }) => {
    const deadline = AbortSignal.timeout(options.timeoutSeconds * 1000);
    try {
      const answer = await client.request<Buffer>({
        method,
        url: path,
        data: typeof body === 'object' ? Buffer.from(body.buffer, body.byteOffset, body.byteLength) : body,
        headers: { ...headers },
        signal: options.signal ? AbortSignal.any([deadline, options.signal]) : deadline,
      });
      return {
        status: answer.status,
        body: answer.data,
        contentType: String(answer.headers['content-type'] ?? ''),
        retryAfterSeconds: Math.max(0, Number(answer.headers['retry-after'] ?? 0)) || 0,
      };
    } catch (error) {
      throw readFailure(error, `${shown}${path}`, deadline.aborted, options);
    }
  };
}

/** The address without credentials, fit for texts. */
export function shownAddress(url: string): string {
  return readAddress(url).shown;
}

function createAxios(options: TransportOptions, base: URL, loopback: boolean): AxiosInstance {
  const basicAuth = options.basicAuth ?? credentialsOf(options.url);
  return axios.create({
    baseURL: base.href,
    responseType: 'arraybuffer',
    maxContentLength: options.maxAnswerBytes,
    maxRedirects: 3,
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

/** Takes code and message alone: an axios error carries the request with its credentials. */
function readFailure(error: unknown, address: string, late: boolean, options: TransportOptions): PrometheusError {
  if (late) return new PrometheusError('unreachable', `${address}: no answer within ${options.timeoutSeconds} s`);
  if (!axios.isAxiosError(error)) return new PrometheusError('bad-answer', `${address}: ${String(error)}`);
  if (error.message.includes('maxContentLength'))
    return new TooMuchError(`${address}: the answer is larger than ${options.maxAnswerBytes} bytes`);
  if (error.code === 'ERR_CANCELED') return new PrometheusError('unreachable', `${address}: cancelled`);
  return new PrometheusError('unreachable', `${address}: ${error.message || error.code || 'no connection'}`);
}
