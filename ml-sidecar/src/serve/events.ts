import type { IncomingMessage, ServerResponse } from 'node:http';
import { keyOf } from '../watch/labels.ts';
import type { Watch } from '../watch/watch.ts';
import type { SeriesState } from '../watch/watched-series.ts';
import type { WatchEvent } from './answers.ts';
import { describeWatch, isAnomalous } from './describe-watch.ts';
import type { Served, WatchHealth } from './served.ts';

/** Listeners at once; each holds a connection. */
export const mostListeners = 100;
/** Series told in one event; who wants all asks for the chart. */
const mostSeries = 100;
/** Bytes that may wait for a slow listener before it is let go: it comes back and asks anew. */
const mostWaiting = 2 ** 20;
const lookEvery = 1000;
/** Milliseconds between signs of life, under the minute after which proxies cut idle connections. */
const beatEvery = 15_000;

/** Server-sent events of every watch: `watch` with what changed, once at the start for each. */
export interface Events {
  /** Answers `GET /api/v1/events` until the listener goes. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void;
}

/** Looks for changes only while somebody listens. Ends all listeners when `served.signal` aborts. */
export function createEvents(served: Served): Events {
  const listeners = new Set<ServerResponse>();
  const seen = new Map<Watch, string>();
  const states = new Map<Watch, ReadonlyMap<string, SeriesState>>();
  let timer: NodeJS.Timeout | undefined;
  let beaten = 0;

  const send = (response: ServerResponse, text: string) => {
    if (response.writableLength > mostWaiting) response.destroy();
    else response.write(text);
  };
  const look = () => {
    for (const { watch, health } of served.watches) {
      const mark = markOf(watch, health);
      if (seen.get(watch) === mark) continue;
      seen.set(watch, mark);
      const text = eventText(eventOf(watch, health, states.get(watch)));
      states.set(watch, statesOf(watch));
      for (const response of listeners) send(response, text);
    }
    if (Date.now() - beaten < beatEvery) return;
    beaten = Date.now();
    for (const response of listeners) send(response, ':\n\n');
  };
  const leave = (response: ServerResponse) => {
    listeners.delete(response);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  served.signal?.addEventListener('abort', () => {
    for (const response of listeners) response.end();
  });
  return {
    answer(_, response) {
      if (listeners.size >= mostListeners || served.signal?.aborted) {
        response.writeHead(503, { 'Content-Type': 'text/plain; charset=utf-8', 'Retry-After': '30' });
        response.end(`got listener ${mostListeners + 1}, want at most ${mostListeners}\n`);
        return;
      }
      response.writeHead(200, {
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
        // Nginx would hold events back until its buffer is full.
        'X-Accel-Buffering': 'no',
      });
      send(response, 'retry: 3000\n\n');
      for (const { watch, health } of served.watches) send(response, eventText(eventOf(watch, health, undefined)));
      listeners.add(response);
      response.on('close', () => leave(response));
      timer ??= setInterval(look, lookEvery).unref();
    },
  };
}

/** Changes whenever there is something new to tell. */
function markOf(watch: Watch, health: WatchHealth): string {
  let scores = 0;
  let fits = 0;
  for (const { score, fitted } of watch.series.values()) {
    scores += score;
    fits += fitted?.time ?? 0;
  }
  return `${watch.lastIndex} ${health.up} ${health.fault} ${watch.series.size} ${scores} ${fits}`;
}

function statesOf(watch: Watch): ReadonlyMap<string, SeriesState> {
  return new Map([...watch.series].map(([key, series]) => [key, watch.stateOf(series)]));
}

function eventOf(watch: Watch, health: WatchHealth, before: ReadonlyMap<string, SeriesState> | undefined): WatchEvent {
  const told = [...watch.series.values()].flatMap((series) => {
    const { labels, score, direction } = series;
    const [key, state] = [keyOf(labels), watch.stateOf(series)];
    const changed = before !== undefined && before.get(key) !== state;
    return changed || isAnomalous(state, score) ? [{ key, labels, state, score, direction }] : [];
  });
  told.sort((a, b) => b.score - a.score);
  return { watch: describeWatch(watch, health), series: told.slice(0, mostSeries) };
}

/** JSON has no line breaks of its own, so one data line holds it. */
function eventText(event: WatchEvent): string {
  return `event: watch\ndata: ${JSON.stringify(event)}\n\n`;
}
