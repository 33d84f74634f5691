import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '../end-to-end/started-program.ts';

/** What a Prometheus may do instead of answering well. */
export const troubles = ['slow', 'flapping', 'rubbish', 'of another shape', 'truncated', 'cut', 'of 100 MB'] as const;
export type Trouble = (typeof troubles)[number];

/** A series that the server has: its labels, and its value at any Unix second; NaN where it has none. */
export interface FakeSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly at: (time: number) => number;
}

/** A server that plays Prometheus for a sidecar that polls, and can be told to misbehave. */
export interface FakePrometheus {
  readonly url: string;
  readonly port: number;
  /** What it does from now on. */
  trouble: Trouble | 'none';
  /** Range queries answered well, and questions of any kind answered badly, so far. */
  readonly asked: { well: number; badly: number };
  close(): Promise<void>;
}

const HUGE = 100 * 2 ** 20;

/**
 * Answers range and instant queries from `series` by the expression alone, which must be a key of it; nothing is said of times
 * after now, as Prometheus would. Listens on loopback unless `host` says otherwise.
 */
export async function serveFakePrometheus(
  series: Readonly<Record<string, (time: number) => readonly FakeSeries[]>>,
  host?: string,
): Promise<FakePrometheus> {
  let flips = 0;
  const asked = { well: 0, badly: 0 };
  const server = await serve((request, body, response) => {
    const path = new URL(request.url ?? '', 'http://localhost').pathname;
    const form = new URLSearchParams(request.method === 'POST' ? body.toString() : (request.url?.split('?')[1] ?? ''));
    const well = () => {
      if (path.endsWith('/query_range')) asked.well++;
      response.writeHead(200, { 'content-type': 'application/json' }).end(answerTo(path, form, series, Date.now() / 1000));
    };
    const { trouble } = fake;
    if (trouble === 'none' || (trouble === 'flapping' && flips++ % 2 === 0)) return well();
    asked.badly++;
    misbehave(trouble, response, well);
  }, host);
  const fake: FakePrometheus = { url: server.url, port: Number(server.address.split(':')[1]), trouble: 'none', asked, close: server.close };
  return fake;
}

function misbehave(trouble: Trouble, response: ServerResponse, well: () => void): void {
  const json = { 'content-type': 'application/json' };
  const head = '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"series":"0"},"values":[[1700000000,"';
  if (trouble === 'slow') void sleep(4000).then(() => response.destroyed || well());
  else if (trouble === 'flapping') response.writeHead(503).end('no, not now');
  else if (trouble === 'rubbish') response.writeHead(200, json).end(Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256)));
  else if (trouble === 'of another shape')
    response.writeHead(200, json).end('{"status":"success","data":{"resultType":"matrix","result":[7]}}');
  else if (trouble === 'truncated') response.writeHead(200, json).end(head);
  else if (trouble === 'cut') {
    response.writeHead(200, { ...json, 'content-length': '100000' }).write(head);
    setTimeout(() => response.destroy(), 20);
  } else void pour(response, head);
}

/** A hundred megabytes as fast as they are taken. */
async function pour(response: ServerResponse, head: string): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write(head);
  const closed = once(response, 'close');
  const piece = Buffer.alloc(2 ** 20, '1');
  for (let sent = 0; sent < HUGE && !response.destroyed; sent += piece.length) {
    if (!response.write(piece)) await Promise.race([once(response, 'drain'), closed]);
  }
  if (!response.destroyed) response.end('"]]}]}}');
}

function answerTo(
  path: string,
  form: URLSearchParams,
  series: Readonly<Record<string, (time: number) => readonly FakeSeries[]>>,
  now: number,
): string {
  const expr = form.get('query') ?? '';
  const time = Number(form.get('time') ?? now);
  if (path.endsWith('/status/config')) return success({ yaml: 'global: {}' });
  if (expr === 'time()') return success({ resultType: 'scalar', result: [now, String(now)] });
  // Raw samples of a range: there are none but those that are sent.
  if (expr.endsWith(']')) return success({ resultType: 'matrix', result: [] });
  const counted = /^count\((.*)\)$/.exec(expr)?.[1];
  if (counted !== undefined)
    return success({ resultType: 'vector', result: [{ metric: {}, value: [time, String((series[counted]?.(now) ?? []).length)] }] });
  const found = series[expr]?.(now) ?? [];
  if (!path.endsWith('/query_range'))
    return success({ resultType: 'vector', result: found.map(({ labels, at }) => ({ metric: labels, value: [time, String(at(time))] })) });
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(form.get(name)));
  const result = found.map(({ labels, at }) => {
    const values: [number, string][] = [];
    for (let i = 0; start + i * step <= Math.min(end, now) + 1e-6; i++) {
      const value = at(start + i * step);
      if (!Number.isNaN(value)) values.push([start + i * step, String(value)]);
    }
    return { metric: labels, values };
  });
  return success({ resultType: 'matrix', result: result.filter(({ values }) => values.length > 0) });
}

function success(data: unknown): string {
  return JSON.stringify({ status: 'success', data });
}
