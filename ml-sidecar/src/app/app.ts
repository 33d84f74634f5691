import { errorText, type Logger } from '@presage/service/log.ts';
import { createWebServer, type WebListening } from '@presage/service/web.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { createPrometheusClient, type PrometheusClient } from '../prometheus/client.ts';
import { shownAddress } from '../prometheus/transport.ts';
import type { FitExecutor } from '../fits/fit-job.ts';
import type { QueueAddress } from '../fleet/queue-address.ts';
import { amongReplicas } from './replicas.ts';
import { overQueue } from './over-queue.ts';
import { createFitQueue, type FitQueue } from '../fits/fit-queue.ts';
import { createHandler } from '../serve/handler.ts';
import { readPage } from '../serve/page-files.ts';
import type { Served } from '../serve/served.ts';
import type { Shard } from '../watch/shard.ts';
import { createDryRun } from './dry-run.ts';
import { keepsWhole } from './hosts.ts';
import { createKeeper, type Keeper, type Keeping } from './keeper.ts';
import { createLive, type Live } from './live.ts';
import { createMemoryGuard, type MemoryUse } from './memory-guard.ts';
import { createPlugins } from './plugins.ts';
import { prepare, type Prepared, type PreparedEndpoint } from './prepare.ts';
import { createPrometheusLink, type PrometheusLink } from './prometheus-link.ts';
import { createReloads } from './reloads.ts';
import { createRunningTransports, type RunningTransports } from './running-transports.ts';
import { createRunningWatches, type RunningWatches, type WatchChanges } from './running-watches.ts';
import { tellRetries } from './retry-log.ts';
import { createScoreEvents } from './score-events.ts';
import { createSelfMetrics, type SelfMetrics } from './self-metrics.ts';
import { createSourceClock, readSourceTime, type SourceClock } from './source-clock.ts';

/** The world as the app sees it. */
export interface World {
  /** Unix seconds. */
  readonly now: () => number;
  /** Monotonic seconds. */
  readonly clock: () => number;
  readonly memory: () => MemoryUse;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Resolves after `seconds`, or at once when `signal` is aborted. */
  readonly sleep: (seconds: number, signal: AbortSignal) => Promise<void>;
  /** Lets what waits in the event loop run. */
  readonly pause: () => Promise<void>;
  readonly version: string;
  readonly nodeVersion: string;
}

export interface AppOptions {
  /** Reads the configuration: at the start, and again for every reload. Throws a UsageError with every fault. */
  readonly configure: () => Configuration;
  /** Calls the listener when the configuration shall be read again. */
  readonly onReload: (listener: () => void) => void;
  readonly web: WebListening;
  readonly storage: Keeping;
  /** The part of all series that is followed; absent: all. */
  readonly shard?: Shard;
  /** Makes the fits of our own models; closed with the app. Absent: this thread makes them. */
  readonly fits?: FitExecutor;
  /** Queue over which workers make them, while it can be reached; absent: none. */
  readonly queue?: QueueAddress;
  /** The built worker of plug-ins. */
  readonly pluginWorker: URL;
  /** Folder of the built page. */
  readonly page?: URL;
  readonly log: Logger;
  readonly world: World;
  /** Ends the app. */
  readonly signal: AbortSignal;
}

/** All that runs by a configuration. */
interface Parts {
  readonly metrics: SelfMetrics;
  readonly link: PrometheusLink;
  /** For questions that somebody waits for. */
  readonly tryingLink: PrometheusLink;
  /** The time that counts for samples. */
  readonly time: SourceClock;
  readonly live: Live;
  readonly watches: RunningWatches;
  readonly transports: RunningTransports;
}

/**
 * Runs the sidecar until the signal: takes up state, serves, polls every watch, saves; reads its configuration again when told to.
 * Rejects with a UsageError where the set-up cannot work at all (address taken, folder not writable, secret file missing); nothing
 * that one watch does ends it.
 */
export async function runApp(options: AppOptions): Promise<void> {
  const { log, world, signal, shard } = options;
  const metrics = createSelfMetrics(world.version, world.nodeVersion);
  const keeper = createKeeper(options.storage, world, log, metrics);
  let current = await prepared(options, metrics);
  if (shard) {
    metrics.sharded(shard);
    tellShard(shard, current.configuration, log);
  }
  signal.addEventListener('abort', () => void current.plugins.close());
  const events = createScoreEvents();
  const parts = partsOf(options, current, { metrics, keeper, onScored: events.emit });
  const { watches, transports } = parts;
  await watches.follow(current);
  const load = async (): Promise<WatchChanges> => {
    const before = current;
    const next = await prepared(options, metrics, before);
    current = next;
    const changes = await apply(next, before, parts, options);
    await before.plugins.close(next.plugins);
    return changes;
  };
  const { now } = world;
  const reloads = createReloads({ load, log, metrics, now });
  const server = createWebServer({
    ...options.web,
    log,
    tokens: () => current.tokens,
    handler: createHandler(
      servedOf(options, parts, () => current, {
        onScores: events.on,
        keep: (watch) => keeper.save(watch, 'now'),
        reload: () => reloads.request(),
      }),
    ),
  });
  const urls = await server.start();
  metrics.reloaded(true, now());
  options.onReload(() => void reloads.request());
  log.info('serving', { address: urls.join(' '), watches: watches.served.length, prometheus: shownAddress(current.endpoint.url) });
  // At a wrong time the first look at Prometheus would find gaps.
  await parts.time.settle();
  watches.begin();
  transports.use(current.queues);
  await parts.time.run();
  await reloads.idle();
  await Promise.all([watches.ended(), transports.ended()]);
  await server.close();
  await watches.save();
  log.info('stopped');
}

/** Says which part of all series is followed. */
function tellShard(shard: Shard, configuration: Configuration, log: Logger): void {
  const place = { shard: `${shard.index}/${shard.count}`, labels: shard.labels.join(';') };
  log.info('one shard of several', place);
  const label = configuration.hosts?.label ?? 'instance';
  if (!keepsWhole(shard, label)) log.warn('no scores of whole hosts, since a host falls to several shards', { ...place, host: label });
}

/** Reads the configuration and all that it names; what runs under `before` and is the same is taken over. */
function prepared({ configure, pluginWorker, world, log }: AppOptions, metrics: SelfMetrics, before?: Prepared): Promise<Prepared> {
  return prepare(configure(), {
    now: world.now(),
    pluginsOf: (configuration, running) =>
      createPlugins(configuration, { worker: pluginWorker, clock: world.clock }, log, metrics, running),
    ...(before ? { before } : {}),
  });
}

/** What the first configuration runs by, nothing of it running yet. */
function partsOf(
  options: AppOptions,
  { endpoint }: Prepared,
  { metrics, keeper, onScored }: Pick<Parameters<typeof createLive>[0], 'metrics' | 'onScored'> & { readonly keeper: Keeper },
): Parts {
  const { log, world, signal, shard } = options;
  const { now: wall, clock, pause, sleep, random } = world;
  const link = createPrometheusLink(clientOf(endpoint, options, metrics));
  const tryingLink = createPrometheusLink(tryingClient(endpoint, options, metrics));
  const ask = () => readSourceTime(tryingLink.client);
  const time = createSourceClock({ wall, clock, ask, log, metrics, sleep: (seconds) => sleep(seconds, signal), signal });
  const { now } = time;
  const live = createLive({ client: link.client, log, metrics, now, clock, pause, sleep, random, onScored });
  // Also where nothing comes live yet: a reload may change that, and samples that come with it are not to wait.
  live.relabel();
  return {
    metrics,
    link,
    live,
    tryingLink,
    time,
    watches: createRunningWatches({
      client: link.client,
      live,
      keeper,
      log,
      metrics,
      now,
      clock,
      pause,
      sleep,
      signal,
      hasMemory: createMemoryGuard(world.memory, clock, log, metrics),
      ...fitsOf(options, metrics),
      ...(shard ? { shard } : {}),
    }),
    transports: createRunningTransports({ receive: (request) => live.receive(request), log, metrics, clock, sleep, signal }),
  };
}

/** Where the fits of the watches are asked for, until the app ends; nothing where this thread makes them. */
function fitsOf({ fits, queue: address, shard, log, world, signal }: AppOptions, metrics: SelfMetrics): { readonly fits?: FitQueue } {
  if (!fits) return {};
  const executor = address ? overQueue({ address, own: fits, log, metrics, clock: world.clock }) : fits;
  signal.addEventListener('abort', () => void executor.close());
  const own = createFitQueue(executor);
  metrics.watchFits(own);
  if (!address) return { fits: own };
  const sleep = (seconds: number): Promise<void> => world.sleep(seconds, signal);
  return { fits: amongReplicas({ address, shard, own, log, metrics, clock: world.clock, sleep, signal }) };
}

/** Makes what was prepared what runs. */
async function apply(next: Prepared, before: Prepared, parts: Parts, options: AppOptions): Promise<WatchChanges> {
  if (next.endpoint !== before.endpoint) {
    parts.link.use(clientOf(next.endpoint, options, parts.metrics));
    parts.tryingLink.use(tryingClient(next.endpoint, options, parts.metrics));
    parts.live.relabel();
  }
  const changes = await parts.watches.follow(next);
  parts.transports.use(next.queues);
  return changes;
}

/** What the endpoints show, whatever the configuration of the moment is. */
function servedOf(
  { world, log, signal, page: folder }: AppOptions,
  { metrics, tryingLink, time, live, watches }: Parts,
  current: () => Prepared,
  rest: Pick<Served, 'onScores' | 'keep' | 'reload'>,
): Served {
  const { clock, pause, version } = world;
  const { now } = time;
  const page = folder && readPage(folder);
  let wasReady = false;
  return {
    ...rest,
    version,
    get gauges() {
      return current().configuration.gauges;
    },
    get access() {
      return current().configuration.api;
    },
    get watches() {
      return watches.served;
    },
    get hosts() {
      return watches.hosts;
    },
    receiver: live,
    now,
    // A watch that a reload brings does not make the others less ready.
    ready: () => (wasReady ||= watches.areCurrent()),
    selfMetrics: metrics.text,
    dryRun: createDryRun({ configuration: () => current().configuration, client: tryingLink.client, now, clock, pause }),
    failed: (error) => log.error('request failed', { err: errorText(error) }),
    signal,
    ...(page ? { page } : {}),
  };
}

/** One try, ten seconds. */
function tryingClient(endpoint: PreparedEndpoint, options: AppOptions, metrics: SelfMetrics): PrometheusClient {
  return clientOf({ ...endpoint, timeoutSeconds: Math.min(10, endpoint.timeoutSeconds) }, options, metrics, { tries: 1 });
}

function clientOf(
  endpoint: PreparedEndpoint,
  { log, world, signal }: AppOptions,
  metrics: SelfMetrics,
  rest: { readonly tries?: number } = {},
): PrometheusClient {
  return createPrometheusClient({
    ...endpoint,
    ...rest,
    sleep: (seconds) => world.sleep(seconds, signal),
    random: world.random,
    signal,
    onRetry: tellRetries(log, world.clock, metrics),
    onWarning: (expr, warning) => log.debug('Prometheus warns', { expr, warning }),
  });
}
