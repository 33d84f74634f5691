import { withoutExternal } from '../prometheus/external-labels.ts';
import { matchesSeries } from '../prometheus/matcher.ts';
import { createWriteReceiver, type AcceptedSeries, type SampleBatch, type WriteReceiver } from '../prometheus/remote-write.ts';
import { haveManyCome, type WriteLimits } from '../prometheus/write-limits.ts';
import type { Selector } from '../prometheus/selector.ts';
import type { Labels } from '../watch/labels.ts';
import type { LiveTarget } from '../watch/live-watch.ts';
import type { LiveFeed } from './live-feed.ts';

/** Takes live samples in and hands each to the watches that want it. */
export interface LiveIntake {
  readonly receiver: WriteReceiver;
  /** Adds a feed for what its selector selects. */
  add(feed: LiveFeed, selector: Selector): void;
  /** Lets a feed go: it gets no more samples, and what others get is decided anew. */
  remove(feed: LiveFeed): void;
  /** Decides anew which feeds want a series, as the labels of the source have changed. */
  reconsider(): void;
  /** Hands on what is queued, as far as there is room. */
  consume(): void;
  /** Label sets numbered since the numbers last began anew: hardly more than a quarter above what the receiver remembers. */
  numbered(): number;
}

export interface LiveIntakeOptions {
  /** Unix seconds. */
  readonly now: () => number;
  /** Any integer, drawn anew in every process. */
  readonly seed: number;
  /** Labels that the source adds to all that it sends; those known so far. */
  readonly externalLabels: () => Labels;
  /** Other limits than the usual ones. */
  readonly limits?: Partial<WriteLimits>;
}

interface Consumer {
  readonly feed: LiveFeed;
  readonly selector: Selector;
  /** Which metric gives the series of a key: those that differ in the name alone would fall together. */
  readonly names: Map<string, string>;
}

interface Route {
  readonly feed: LiveFeed;
  readonly target: LiveTarget;
}

/** An intake without feeds. */
export function createLiveIntake(options: LiveIntakeOptions): LiveIntake {
  const { now, seed, limits = {} } = options;
  const consumers: Consumer[] = [];
  const routes: (readonly Route[])[] = [];
  const accept = (name: string, sent: Labels): AcceptedSeries | undefined => {
    const labels = withoutExternal(sent, options.externalLabels());
    const found = consumers.flatMap((consumer) => routeOf(consumer, name, sent, labels));
    if (found.length === 0) return undefined;
    const tolerance = Math.max(...found.map(({ feed }) => feed.live.watch.shape.step));
    return { id: routes.push(found) - 1, tolerance };
  };
  const hand = ({ ids, times, values, ended }: SampleBatch): void => {
    for (let i = 0; i < ids.length; i++) {
      for (const { feed, target } of routes[ids[i]]) {
        if (ended[i] === 1) feed.live.end(target, times[i]);
        else feed.push(target, times[i], values[i]);
      }
    }
  };
  const consume = (): void => {
    while (consumers.every(({ feed }) => !feed.isFull())) {
      const batch = receiver.take();
      if (batch === undefined) break;
      hand(batch);
    }
    // Series come and go; once many have gone, all are asked for anew. Nothing queued bears an old number then.
    if (haveManyCome(routes.length, receiver.seriesCount()) && receiver.queuedSamples() === 0) {
      routes.length = 0;
      for (const { names } of consumers) names.clear();
      receiver.reconsider();
    }
  };
  const receiver = createWriteReceiver({ accept, now, seed, limits, onQueued: consume });
  return {
    receiver,
    add(feed, selector) {
      consumers.push({ feed, selector, names: new Map() });
      receiver.reconsider();
    },
    remove(feed) {
      const place = consumers.findIndex((consumer) => consumer.feed === feed);
      if (place >= 0) consumers.splice(place, 1);
      // What is queued bears the old numbers.
      routes.forEach((found, id) => {
        if (found.some((route) => route.feed === feed)) routes[id] = found.filter((route) => route.feed !== feed);
      });
      receiver.reconsider();
      consume();
    },
    reconsider: () => receiver.reconsider(),
    consume,
    numbered: () => routes.length,
  };
}

function routeOf({ feed, selector, names }: Consumer, name: string, sent: Labels, labels: Labels): readonly Route[] {
  if (!feed.live.watch.owns(labels)) return [];
  if (!matchesSeries(selector.matchers, name, labels) && !matchesSeries(selector.matchers, name, sent)) return [];
  const target = feed.live.targetOf(labels);
  const first = names.get(target.key) ?? name;
  names.set(target.key, first);
  if (first === name) return [{ feed, target }];
  feed.live.duplicate();
  return [];
}
