import { readFileSync } from 'node:fs';
import { errorText, type Logger } from '@presage/service/log.ts';
import { createWebServer, type WebListening } from '@presage/service/web.ts';
import type { Configuration, PrometheusSettings } from '../configuration/configuration.ts';
import { createPrometheusClient, type PrometheusClient } from '../prometheus/client.ts';
import type { WriteReply, WriteRequest } from '../prometheus/remote-write.ts';
import { createHandler } from '../serve/handler.ts';
import { readPage } from '../serve/page-files.ts';
import type { Hosts } from '../watch/hosts.ts';
import type { Shard } from '../watch/shard.ts';
import { Watch } from '../watch/watch.ts';
import { createDryRun } from './dry-run.ts';
import { createHosts, keepsWhole } from './hosts.ts';
import { readHolidays } from './holidays.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import { createLive } from './live.ts';
import { createPlugins } from './plugins.ts';
import { createPoller, type Poller } from './poller.ts';
import { createScoreEvents } from './score-events.ts';
import { createSelfMetrics, type SelfMetrics } from './self-metrics.ts';
import { secretFrom } from './secret-file.ts';
import { shapeOf } from './shape.ts';
import { createTransports } from './transports.ts';

/** The world as the app sees it. */
export interface World {
  /** Unix seconds. */
  readonly now: () => number;
  /** Monotonic seconds. */
  readonly clock: () => number;
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
  readonly configuration: Configuration;
  readonly web: WebListening;
  readonly storagePath: string;
  /** The part of all series that is followed; absent: all. */
  readonly shard?: Shard;
  /** The built worker of plug-ins. */
  readonly pluginWorker: URL;
  /** Folder of the built page. */
  readonly page?: URL;
  readonly log: Logger;
  readonly world: World;
  /** Ends the app. */
  readonly signal: AbortSignal;
}

/**
 * Runs the sidecar until the signal: takes up state, serves, polls every watch, saves. Rejects with a UsageError where the set-up
 * cannot work at all (address taken, folder not writable, secret file missing); nothing that one watch does ends it.
 */
export async function runApp(options: AppOptions): Promise<void> {
  const { configuration, log, world, signal } = options;
  const metrics = createSelfMetrics(world.version, world.nodeVersion);
  const keeper = createKeeper(options.storagePath, world.clock, log, metrics);
  const client = clientOf(configuration.prometheus, options, metrics);
  const calendars = readHolidays(configuration.watches, world.now(), (path) => readFileSync(path, 'utf8'));
  const watches = configuration.watches.map(
    (settings) => new Watch(settings, shapeOf(settings, configuration.gauges, calendars.get(settings.holidays ?? ''))),
  );
  const hosts = takeUpState(watches, keeper, options, metrics);
  await attachPlugins(watches, options, metrics);
  const { now, clock, pause } = world;
  const sleep = (seconds: number) => world.sleep(seconds, signal);
  const events = createScoreEvents();
  const onScored = events.emit;
  const live = createLive({ watches, client, log, metrics, now, clock, pause, sleep, signal, random: world.random, onScored });
  const allAsked = (): boolean => pollers.every((poller) => poller.health().up !== undefined);
  const pollers: readonly Poller[] = watches.map((watch) => {
    const feed = live.feedOf(watch);
    const loaded = (one: Watch): void => {
      if (allAsked()) hosts?.advance();
      keeper.save(one);
    };
    return createPoller({ watch, client, log, metrics, now, clock, pause, sleep, signal, loaded, ...(feed ? { feed } : {}) });
  });
  const page = options.page && readPage(options.page);
  const receive = (request: WriteRequest): WriteReply => live.receive(request);
  const transports = createTransports({ settings: configuration.transports ?? {}, receive, log, clock, sleep, signal });
  const server = createWebServer({
    ...options.web,
    log,
    handler: createHandler({
      version: world.version,
      gauges: configuration.gauges,
      get watches() {
        return pollers.map((poller) => ({ watch: poller.watch, health: poller.health() }));
      },
      receiver: live,
      onScores: events.on,
      keep: (watch) => keeper.save(watch, 'now'),
      now,
      ready: allAsked,
      ...(hosts ? { hosts } : {}),
      selfMetrics: metrics.text,
      dryRun: createDryRun({ configuration, client: tryingClient(options, metrics), now, clock, pause }),
      failed: (error) => log.error('request failed', { err: errorText(error) }),
      signal,
      ...(page ? { page } : {}),
    }),
  });
  const urls = await server.start();
  log.info('serving', { address: urls.join(' '), watches: watches.length, prometheus: configuration.prometheus.url });
  await Promise.all([...pollers, ...transports].map((one) => one.run()));
  await server.close();
  watches.forEach((watch) => keeper.save(watch, 'now'));
  log.info('stopped');
}

/** Lets the watches and the hosts that they speak for go on from what was saved. */
function takeUpState(watches: readonly Watch[], keeper: Keeper, options: AppOptions, metrics: SelfMetrics): Hosts | undefined {
  const { configuration, shard } = options;
  if (shard) takeShard(shard, watches, options, metrics);
  const hosts = createHosts(configuration, watches, shard);
  if (hosts) keeper.attach(hosts);
  watches.forEach((watch) => keeper.restore(watch));
  return hosts;
}

/** Lets the watches follow the series of the shard alone, and says so. */
function takeShard(shard: Shard, watches: readonly Watch[], { configuration, log }: AppOptions, metrics: SelfMetrics): void {
  for (const watch of watches) watch.shard = shard;
  metrics.sharded(shard);
  const place = { shard: `${shard.index}/${shard.count}`, labels: shard.labels.join(';') };
  log.info('one shard of several', place);
  const label = configuration.hosts?.label ?? 'instance';
  if (!keepsWhole(shard, label)) log.warn('no scores of whole hosts, since a host falls to several shards', { ...place, host: label });
}

/** For questions that somebody waits for: one try, ten seconds. */
function tryingClient(options: AppOptions, metrics: SelfMetrics): PrometheusClient {
  const { prometheus } = options.configuration;
  return clientOf({ ...prometheus, timeout: Math.min(10, prometheus.timeout) }, options, metrics, { tries: 1 });
}

/** Loads the plug-ins that the watches name, and ends them with the app. */
async function attachPlugins(watches: readonly Watch[], options: AppOptions, metrics: SelfMetrics): Promise<void> {
  const { configuration, pluginWorker, world, log, signal } = options;
  const plugins = createPlugins(configuration, { worker: pluginWorker, clock: world.clock }, log, metrics);
  signal.addEventListener('abort', () => void plugins.close());
  await plugins.load();
  for (const watch of watches) watch.remote = plugins.fitsOf(watch.settings);
}

function clientOf(
  settings: PrometheusSettings,
  options: AppOptions,
  metrics: SelfMetrics,
  rest: { readonly tries?: number } = {},
): PrometheusClient {
  const { log, world, signal } = options;
  return createPrometheusClient({
    ...endpointOf(settings),
    ...rest,
    timeoutSeconds: settings.timeout,
    concurrency: settings.concurrency,
    sleep: (seconds) => world.sleep(seconds, signal),
    random: world.random,
    signal,
    onRetry: () => metrics.retried(),
    onWarning: (expr, warning) => log.debug('Prometheus warns', { expr, warning }),
  });
}

/** Address and credentials, read from their files. Throws a UsageError for a file that cannot be read. */
export function endpointOf(settings: PrometheusSettings) {
  const { url, headers, bearerTokenFile, basicAuth } = settings;
  return {
    url,
    headers,
    ...(bearerTokenFile === undefined ? {} : { bearerToken: secretFrom('prometheus.bearer_token_file', bearerTokenFile) }),
    ...(basicAuth === undefined
      ? {}
      : {
          basicAuth: { username: basicAuth.username, password: secretFrom('prometheus.basic_auth.password_file', basicAuth.passwordFile) },
        }),
  };
}
