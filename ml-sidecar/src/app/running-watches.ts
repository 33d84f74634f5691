import { setMaxListeners } from 'node:events';
import { createGivingWay, gently } from '@presage/service/giving-way.ts';
import { errorText, type Logger } from '@presage/service/log.ts';
import type { GaugeSettings } from '../configuration/configuration.ts';
import type { PrometheusClient } from '../prometheus/client.ts';
import type { FitQueue } from '../fits/fit-queue.ts';
import { lookAhead } from '../serve/metrics.ts';
import type { Served } from '../serve/served.ts';
import type { Hosts } from '../watch/hosts.ts';
import type { Shard } from '../watch/shard.ts';
import { Watch } from '../watch/watch.ts';
import { createHosts, sameHosts, type HostsSource } from './hosts.ts';
import type { Keeper } from './keeper.ts';
import type { Live } from './live.ts';
import { createPoller, type Poller } from './poller.ts';
import type { Plugins } from './plugins.ts';
import type { Prepared, WatchPlan } from './prepare.ts';
import { stoppable } from './prometheus-link.ts';
import type { SelfMetrics } from './self-metrics.ts';

export interface RunningWatchesOptions {
  readonly client: PrometheusClient;
  readonly live: Pick<Live, 'follow' | 'unfollow'>;
  readonly keeper: Keeper;
  readonly log: Logger;
  readonly metrics: SelfMetrics;
  /** Unix seconds. */
  readonly now: () => number;
  /** Monotonic seconds. */
  readonly clock: () => number;
  readonly pause: () => Promise<void>;
  /** Resolves after so many seconds, or at once when the signal fires. */
  readonly sleep: (seconds: number, signal: AbortSignal) => Promise<void>;
  /** Who makes fits, but for those of plug-ins; absent: this thread. */
  readonly fits?: FitQueue;
  /** The part of all series that is followed; absent: all. */
  readonly shard?: Shard;
  /** Whether there is memory for one more series. */
  readonly hasMemory: () => boolean;
  /** Ends all of them. */
  readonly signal: AbortSignal;
}

/** What became of the watches, by their names. */
export interface WatchChanges {
  readonly kept: readonly string[];
  readonly changed: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** The watches that are kept up to date now. */
export interface RunningWatches {
  /** In the order of the configuration. */
  readonly served: Served['watches'];
  readonly hosts: Hosts | undefined;
  /** Whether each was asked once, but for fits of what was missed while the process was away. */
  areCurrent(): boolean;
  /**
   * Makes what was prepared what runs. A watch whose plan is the very same goes on untouched; one with another plan ends, is saved,
   * and starts anew with what of that fits, as after a restart; one that is gone is saved for when it comes back.
   */
  follow(prepared: Prepared): Promise<WatchChanges>;
  /** Starts to poll; what `follow` brings later starts at once. */
  begin(): void;
  /** Resolves once all have ended. */
  ended(): Promise<void>;
  /** Saves the state of all of them. Never rejects. */
  save(): Promise<void>;
}

interface Running {
  readonly plan: WatchPlan;
  readonly watch: Watch;
  readonly poller: Poller;
  readonly end: AbortController;
  /** Its polling; nothing before that has begun. */
  ended: Promise<void> | undefined;
}

/** None yet. */
export function createRunningWatches(options: RunningWatchesOptions): RunningWatches {
  return new Watches(options);
}

class Watches implements RunningWatches {
  readonly #options: RunningWatchesOptions;
  #running: readonly Running[] = [];
  #hosts: Hosts | undefined;
  #hostsOf: HostsSource = { hosts: undefined, watches: [] };
  #begun = false;
  #gauges: GaugeSettings | undefined;

  constructor(options: RunningWatchesOptions) {
    this.#options = options;
  }

  get served(): Served['watches'] {
    return this.#running.map(({ watch, poller }) => ({ watch, health: poller.health() }));
  }

  get hosts(): Hosts | undefined {
    return this.#hosts;
  }

  areCurrent(): boolean {
    return this.#running.every(({ poller }) => poller.isCurrent());
  }

  async follow({ plans, plugins, configuration }: Prepared): Promise<WatchChanges> {
    this.#gauges = configuration.gauges;
    const before = this.#running;
    const kept = new Map(before.filter(({ plan }) => plans.includes(plan)).map((one) => [one.plan, one]));
    await this.#retire(before.filter(({ plan }) => !kept.has(plan)));
    const fresh = new Map(plans.filter((plan) => !kept.has(plan)).map((plan) => [plan, new Watch(plan.settings, plan.shape)]));
    const watches = plans.flatMap((plan) => kept.get(plan)?.watch ?? fresh.get(plan) ?? []);
    for (const watch of fresh.values()) {
      watch.shard = this.#options.shard;
      await this.#restore(watch);
    }
    const attached = this.#scoreHosts({ hosts: configuration.hosts, watches });
    // Only where their file is read: else no time may pass between the new hosts and the watches that they are made from.
    if (attached) await attached;
    const started = [...fresh].map(([plan, watch]) => this.#start(plan, watch, plugins));
    this.#running = plans.flatMap((plan) => kept.get(plan) ?? started.find((one) => one.plan === plan) ?? []);
    const changes = changesOf(before, this.#running);
    for (const name of changes.removed) await this.#options.metrics.forget(name);
    return changes;
  }

  begin(): void {
    this.#begun = true;
    for (const one of this.#running) one.ended ??= one.poller.run();
  }

  async ended(): Promise<void> {
    await Promise.all(this.#running.flatMap(({ ended }) => ended ?? []));
  }

  async save(): Promise<void> {
    // Of one whose load was cut off, what was saved before stays: after the restart the load is made again.
    for (const { watch, poller } of this.#running) if (poller.isWhole()) await this.#options.keeper.save(watch, 'now');
  }

  /** Ends some and saves what is whole of them; of one that was reading its history, what was saved before stays. */
  async #retire(gone: readonly Running[]): Promise<void> {
    for (const { end } of gone) end.abort();
    for (const { watch, poller, ended } of gone) {
      await ended;
      this.#options.live.unfollow(watch);
      if (poller.isWhole()) await this.#options.keeper.save(watch, 'now');
    }
  }

  /** Scores of whole hosts go on where nothing that they are made from has changed. */
  #scoreHosts(source: HostsSource): Promise<void> | undefined {
    if (sameHosts(this.#hostsOf, source)) return undefined;
    for (const watch of source.watches) watch.listen(undefined);
    const before = this.#hosts;
    this.#hosts = createHosts(source, this.#options.shard);
    this.#hostsOf = source;
    return this.#options.keeper.attach(this.#hosts, before);
  }

  async #restore(watch: Watch): Promise<void> {
    try {
      await this.#options.keeper.restore(watch);
    } catch (error) {
      // At the start nothing is lost yet by giving up; later the other watches would be.
      if (!this.#begun) throw error;
      this.#options.log.error('state cannot be read', { watch: watch.settings.name, err: errorText(error) });
    }
  }

  #start(plan: WatchPlan, watch: Watch, plugins: Plugins): Running {
    const { log, metrics, now, clock } = this.#options;
    const end = new AbortController();
    const signal = AbortSignal.any([end.signal, this.#options.signal]);
    setMaxListeners(0, signal);
    watch.remote = plugins.fitsOf(plan.settings, signal);
    watch.hasMemory = this.#options.hasMemory;
    watch.fits = this.#options.fits;
    // With the app a history that is being read is read to its end; a watch that is let go waits for nothing.
    const pause = async (): Promise<void> => {
      await this.#options.pause();
      end.signal.throwIfAborted();
    };
    const feed = this.#options.live.follow(watch, signal);
    const poller = createPoller({
      watch,
      client: stoppable(this.#options.client, signal),
      log,
      metrics,
      now,
      clock,
      pause,
      sleep: (seconds) => this.#options.sleep(seconds, signal),
      signal,
      loaded: async (one) => {
        const giveWay = createGivingWay(pause, clock);
        if (this.#gauges) await gently(lookAhead(one, this.#gauges, now()), giveWay);
        // Before each has taken all, a host would be scored without the signals of those that have not.
        if (this.#hosts && this.#running.every((each) => each.poller.health().up !== undefined))
          await gently(this.#hosts.advanceInPieces(), giveWay);
        await this.#options.keeper.save(one);
      },
      ...(feed ? { feed } : {}),
    });
    return { plan, watch, poller, end, ended: this.#begun ? poller.run() : undefined };
  }
}

function changesOf(before: readonly Running[], now: readonly Running[]): WatchChanges {
  const nameOf = ({ plan }: Running): string => plan.settings.name;
  const was = new Map(before.map((one) => [nameOf(one), one]));
  const is = new Set(now.map(nameOf));
  return {
    kept: now.filter((one) => was.get(nameOf(one)) === one).map(nameOf),
    changed: now.filter((one) => was.has(nameOf(one)) && was.get(nameOf(one)) !== one).map(nameOf),
    added: now.filter((one) => !was.has(nameOf(one))).map(nameOf),
    removed: [...was.keys()].filter((name) => !is.has(name)),
  };
}
