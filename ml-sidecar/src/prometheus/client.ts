import { gently, givingWay } from '@presage/service/giving-way.ts';
import { hiderOf } from '@presage/service/secret.ts';
import { type Answer, isRecord, parseAnswer, parseVector } from './answer.ts';
import { createGate } from './gate.ts';
import { type InstantSeries, joinMatrices, type MatrixSeries } from './matrix.ts';
import { matrixAnswerInPieces } from './matrix-answer.ts';
import { PrometheusError, RetryableError, TooMuchError } from './prometheus-error.ts';
import { type Retry, withRetries } from './retry.ts';
import { readByHalves, readRemote } from './sample-reader.ts';
import { printSelector, type Selector } from './selector.ts';
import {
  createTransport,
  type Endpoint,
  type HttpAnswer,
  type HttpQuestion,
  shownAddress,
  type Transport,
  secretsOf,
} from './transport.ts';

export interface PrometheusClientOptions extends Endpoint {
  /** Seconds for one request; Prometheus is told the same. */
  readonly timeoutSeconds: number;
  /** Requests in flight at most. Default 2. */
  readonly concurrency?: number;
  /** Attempts for one request. Default 5. */
  readonly tries?: number;
  /** Largest answer taken; a larger one splits the range. Default 64 MiB. */
  readonly maxAnswerBytes?: number;
  /** Most samples that `readSamples` takes in one answer; more split the range. Default 20 million. */
  readonly maxSamples?: number;
  /** Sent with every query, such as `partial_response` of Thanos; what the client sets itself wins. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Waits so many seconds. */
  readonly sleep: (seconds: number) => Promise<void>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Ends what is under way and refuses what comes after. */
  readonly signal?: AbortSignal;
  readonly onRetry?: (retry: Retry) => void;
  /** A warning or info that came with an answer. */
  readonly onWarning?: (expr: string, warning: string) => void;
  /** Native histogram points that were left out of an answer. */
  readonly onHistograms?: (expr: string, count: number) => void;
}

/** Asks a Prometheus (or what speaks its API). Every method rejects with a PrometheusError. */
export interface PrometheusClient {
  /**
   * The values of `expr` at `start`, `start + step` … up to `end` (Unix seconds, inclusive), in as many requests as it takes.
   * A value missing at a time is a sample missing from the series. Native histograms are left out and counted.
   */
  queryRange(expr: string, start: number, end: number, step: number): Promise<readonly MatrixSeries[]>;
  /** The values of `expr` at `time` (Unix seconds). */
  query(expr: string, time: number): Promise<readonly InstantSeries[]>;
  /**
   * The raw samples of a selector from `start` to `end` (Unix seconds, inclusive), stale markers left out: by remote read in streamed
   * chunks, or, from a server without it, by a range selector.
   */
  readSamples(selector: Selector, start: number, end: number): Promise<readonly MatrixSeries[]>;
  /** The version that the server names, empty where it names none. */
  buildInfo(): Promise<{ readonly version: string }>;
  /** Resolves when the server answers a query; one attempt. */
  ready(): Promise<void>;
  /** `data` of any GET below `/api/v1/`. */
  get(path: string, parameters?: Readonly<Record<string, string>>): Promise<unknown>;
}

/** Prometheus refuses a range query with more points per series than this (web/api/v1: 11,000). */
const maxPoints = 11_000;

/** A client with limits on requests in flight, answer size, tries and time. */
export function createPrometheusClient(options: PrometheusClientOptions): PrometheusClient {
  const line = createLine(options);
  const ask = createAsker(options, line);
  const queryRange = async (expr: string, start: number, end: number, step: number) => {
    const ranged = async (from: number, to: number) => {
      const parameters = {
        query: expr,
        start: seconds(from),
        end: seconds(to),
        step: seconds(step),
        timeout: `${options.timeoutSeconds}s`,
      };
      const { series, histograms } = await ask('query_range', { expr, parameters }, readMatrix);
      if (histograms > 0) options.onHistograms?.(expr, histograms);
      return series;
    };
    return readInChunks(ranged, start, end, step);
  };
  const query = async (expr: string, time: number, tries?: number) => {
    const parameters = { query: expr, time: seconds(time), timeout: `${options.timeoutSeconds}s` };
    const { series, histograms } = parseVector(await ask('query', { expr, parameters, tries }, parseAnswer));
    if (histograms > 0) options.onHistograms?.(expr, histograms);
    return series;
  };
  return {
    queryRange,
    query: (expr, time) => query(expr, time),
    readSamples: createSampleReader(options, line, ask),
    buildInfo: async () => {
      const data = await ask('status/buildinfo', {}, parseAnswer);
      return { version: isRecord(data) && typeof data.version === 'string' ? data.version : '' };
    },
    ready: async () => {
      await ask('query', { parameters: { query: '1+1' }, tries: 1 }, parseAnswer);
    },
    get: (path, parameters) => ask(path, parameters ? { get: parameters } : {}, parseAnswer),
  };
}

interface Request {
  /** For warnings. */
  readonly expr?: string;
  /** Sent as a form by POST, since an expression may be longer than an address may be. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Sent in the address by GET. */
  readonly get?: Readonly<Record<string, string>>;
  readonly tries?: number | undefined;
}

/** What all requests share. */
interface Line {
  readonly address: string;
  readonly transport: Transport;
  readonly maxAnswerBytes: number;
  /** Hides credentials in what the server says. */
  readonly hide: (text: string) => string;
  /** Runs one attempt at a time of at most `concurrency` requests, and further attempts where that may help. */
  readonly attempt: <T>(request: () => Promise<T>, tries?: number) => Promise<T>;
}

function createLine(options: PrometheusClientOptions): Line {
  const maxAnswerBytes = options.maxAnswerBytes ?? 64 * 2 ** 20;
  const gate = createGate(options.concurrency ?? 2);
  const hide = hiderOf(secretsOf(options));
  return {
    address: shownAddress(options.url),
    transport: createTransport({ ...options, maxAnswerBytes }),
    maxAnswerBytes,
    hide,
    attempt: (request, tries = options.tries ?? 5) =>
      withRetries(() => gate(() => hiding(request, hide)), { ...options, tries, retryAfter: (error) => retryAfter(error, options.signal) }),
  };
}

/** What a server says of a question may repeat what it was asked with. */
async function hiding<T>(request: () => Promise<T>, hide: (text: string) => string): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof Error) Object.assign(error, { message: hide(error.message), stack: hide(error.stack ?? '') });
    throw error;
  }
}

type Parse<T> = (body: Uint8Array) => Answer<T> | Promise<Answer<T>>;
type Ask = <T>(path: string, request: Request, parse: Parse<T>) => Promise<T>;

/** Answers with many series are read while others have their turn. */
const readMatrix = (body: Uint8Array) => gently(matrixAnswerInPieces(body), givingWay());

function createAsker(options: PrometheusClientOptions, { address, transport, attempt, hide }: Line): Ask {
  return async (path, { expr, parameters, get, tries }, parse) => {
    const target = `api/v1/${path}${get ? `?${new URLSearchParams(get).toString()}` : ''}`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const question: HttpQuestion = parameters
      ? { method: 'POST', path: target, body: new URLSearchParams({ ...options.parameters, ...parameters }).toString(), headers }
      : { method: 'GET', path: target };
    const answer = await attempt(async () => readAnswer(await transport.request(question), `${address}api/v1/${path}`, parse), tries);
    for (const warning of answer.warnings) options.onWarning?.(expr ?? path, hide(warning));
    return answer.data;
  };
}

function createSampleReader(options: PrometheusClientOptions, line: Line, ask: Ask): PrometheusClient['readSamples'] {
  return async (selector, start, end) => {
    const expr = printSelector(selector);
    const onHistograms = (count: number): void => options.onHistograms?.(expr, count);
    const remote = { ...line, address: `${line.address}api/v1/read`, maxSamples: options.maxSamples ?? 20_000_000, onHistograms };
    const chunks = (from: number, to: number) => line.attempt(() => readRemote(remote, selector.matchers, from, to));
    const ranged = async (from: number, to: number) => {
      // One millisecond more, as Prometheus 3 leaves the start of a range out; Prometheus 2 takes it in.
      const parameters = {
        query: `${expr}[${Math.round((to - from) * 1000) + 1}ms]`,
        time: seconds(to),
        timeout: `${options.timeoutSeconds}s`,
      };
      const { series, histograms } = await ask('query', { expr, parameters }, readMatrix);
      if (histograms > 0) onHistograms(histograms);
      return series.map((each) => (from <= each.times[0] ? each : withoutFirst(each)));
    };
    try {
      return await readByHalves(chunks, start, end);
    } catch (error) {
      if (!(error instanceof PrometheusError) || (error.kind !== 'refused' && error.kind !== 'bad-answer')) throw error;
      return readByHalves(ranged, start, end);
    }
  };
}

function retryAfter(error: unknown, signal: AbortSignal | undefined): number | undefined {
  if (signal?.aborted) return undefined;
  if (error instanceof RetryableError) return error.retryAfterSeconds;
  return error instanceof PrometheusError && error.kind === 'unreachable' ? 0 : undefined;
}

async function readAnswer<T>(answer: HttpAnswer, address: string, parse: Parse<T>): Promise<Answer<T>> {
  if (answer.status < 300) {
    const parsed = await parse(answer.body);
    if (parsed.ok) return parsed;
    throw new PrometheusError('refused', `${address}: ${parsed.error || parsed.errorType}`, answer.status);
  }
  const message = `${address}: ${answer.status} ${errorText(answer)}`;
  if (answer.status >= 500 || answer.status === 429) throw new RetryableError(message, answer.status, answer.retryAfterSeconds);
  if (saysTooMuch(answer.status, message)) throw new TooMuchError(message, answer.status);
  throw new PrometheusError('refused', message, answer.status);
}

/**
 * Prometheus: 422 "query processing would load too many samples into memory"; Mimir and VictoriaMetrics: 422 with a limit that
 * is exceeded; a server with a lower resolution limit: 400 "exceeded maximum resolution". Other 422 are faults of the expression.
 */
function saysTooMuch(status: number, message: string): boolean {
  if (status === 413) return true;
  if (status === 400) return message.includes('exceeded maximum resolution');
  return status === 422 && /too many|too large|exceed|maximum|limit|cannot select more/i.test(message);
}

function errorText(answer: HttpAnswer): string {
  try {
    return parseAnswer(answer.body).error;
  } catch {
    return answer.body.toString('utf8', 0, 200).replaceAll(/\s+/g, ' ').trim();
  }
}

type ReadRange = (start: number, end: number) => Promise<readonly MatrixSeries[]>;

/** Reads a range piece by piece, with smaller pieces from the first one on that was too much. */
async function readInChunks(read: ReadRange, start: number, end: number, step: number): Promise<readonly MatrixSeries[]> {
  const points = Math.floor((end - start) / step + 1e-9) + 1;
  if (!(step > 0) || !Number.isFinite(points) || points < 1)
    throw new PrometheusError('refused', `range: got ${start} to ${end} by ${step}, want start ≤ end and a step above 0`);
  const chunks: (readonly MatrixSeries[])[] = [];
  let size = Math.min(points, maxPoints - 1);
  for (let done = 0; done < points;) {
    const length = Math.min(size, points - done);
    try {
      chunks.push(await read(start + done * step, start + (done + length - 1) * step));
      done += length;
    } catch (error) {
      if (!(error instanceof TooMuchError) || length === 1) throw error;
      size = Math.ceil(length / 2);
    }
  }
  return joinMatrices(chunks);
}

/** Without the sample that lies a millisecond before the range. */
function withoutFirst(series: MatrixSeries): MatrixSeries {
  return { ...series, times: series.times.subarray(1), values: series.values.subarray(1) };
}

/** Prometheus reads times with milliseconds. */
function seconds(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
