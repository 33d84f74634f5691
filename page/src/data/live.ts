import { signalOf, type Signal } from './signal.ts';
import type { WatchAnswer, WatchEvent } from '../../../ml-sidecar/src/serve/answers.ts';

/** What is known of the connection and of every watch, as events tell it. */
export interface Live {
  /** `waiting` before the first event, `live`, or `lost` while the browser tries again. */
  readonly connection: 'waiting' | 'live' | 'lost';
  readonly watches: ReadonlyMap<string, WatchAnswer>;
  /** Counts the events of each watch: a chart that sees another number asks anew. */
  readonly news: ReadonlyMap<string, number>;
}

const nothing: Live = { connection: 'waiting', watches: new Map(), news: new Map() };

/** Listens to the events of the sidecar for as long as the page is open. */
export function listen(): Signal<Live> {
  const live = signalOf(nothing);
  const source = new EventSource('api/v1/events');
  source.addEventListener('open', () => live.set({ ...live.get(), connection: 'live' }));
  source.addEventListener('error', () => {
    live.set({ ...live.get(), connection: 'lost' });
    // After an answer other than 200 the browser gives up by itself.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 15_000);
  });
  source.addEventListener('watch', (message) => {
    const event: WatchEvent = JSON.parse(message.data);
    const { watches, news } = live.get();
    const { name } = event.watch;
    live.set({
      connection: 'live',
      watches: new Map(watches).set(name, event.watch),
      // The first event tells what the page is asking for anyhow.
      news: watches.has(name) ? new Map(news).set(name, (news.get(name) ?? 0) + 1) : news,
    });
  });
  return live;
}
