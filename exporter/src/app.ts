import type { Logger } from '@presage/service/log.ts';
import { createWebServer, type WebListening, type WebServer } from '@presage/service/web.ts';
import { collectors, type ListedCollector } from './collectors/index.ts';
import { switchName } from './flags.ts';
import { closeHost, createHost, type HostPaths } from './host/host.ts';
import { createHelper } from './host/helper.ts';
import { probeHandler } from './probes/handler.ts';
import type { ProbeConfig } from './probes/modules.ts';
import { startStaticProbes } from './probes/static-probes.ts';
import { createRunner, type StartedCollector } from './scrape/runner.ts';
import { metricsHandler } from './serve/metrics.ts';
import { routes } from './serve/routes.ts';
import { createSelfMetrics, type Build } from './serve/self-metrics.ts';

/** Everything an exporter is made of; the values of the flags are named as in node_exporter. */
export interface AppOptions {
  readonly paths: HostPaths;
  readonly web: WebListening;
  readonly telemetryPath: string;
  readonly maxRequests: number;
  readonly exporterMetrics: boolean;
  readonly disableDefaults: boolean;
  /** Seconds. */
  readonly collectorTimeout: number;
  /** Values of the collectors' flags: a group for each, under its name. */
  readonly collectorValues: Readonly<Record<string, unknown>>;
  /** The probe modules and static probes of this moment. */
  readonly probes: () => ProbeConfig;
  readonly build: Build;
  /** The built helper.worker.js. */
  readonly helperWorker: URL;
  readonly log: Logger;
}

/** An exporter: a web server that holds a host. */
export function createApp(options: AppOptions): WebServer {
  const { log, build } = options;
  const host = createHost(options.paths, createHelper(options.helperWorker));
  const probes = startStaticProbes(options.probes, log);
  const started = startCollectors(options.collectorValues, options.disableDefaults, log);
  // Static probes come and go with their configuration; where there never was one, no collector shows.
  const probing: StartedCollector[] =
    options.probes().probes.length === 0 ? [] : [{ name: 'probes', collect: (_, sink) => probes.write(sink) }];
  const runner = createRunner(host, [...started, ...probing], log);
  const self = createSelfMetrics(build, options.exporterMetrics);
  const metrics = metricsHandler({ runner, self, timeout: options.collectorTimeout, maxRequests: options.maxRequests });
  const server = createWebServer({
    ...options.web,
    handler: routes({
      telemetryPath: options.telemetryPath,
      metrics,
      version: build.version,
      pages: [{ path: '/probe', title: 'Probe a target: /probe?target=…&module=…', handler: probeHandler(options.probes, log) }],
    }),
    log,
  });
  log.info('collectors switched on', { collectors: runner.names.join(',') });
  return {
    start: () => server.start(),
    close: async () => {
      probes.close();
      await server.close();
      closeHost(host);
      self.close();
    },
  };
}

/** Starts the collectors that are on: by their own switch, else by default unless defaults are off. Throws UsageError. */
export function startCollectors(
  values: Readonly<Record<string, unknown>>,
  disableDefaults: boolean,
  log: Logger,
  listed: readonly ListedCollector[] = collectors,
): StartedCollector[] {
  const started: StartedCollector[] = [];
  for (const { collector, on } of listed) {
    const own = values[collector.name];
    if (typeof own !== 'object' || own === null) throw new Error(`collector ${collector.name}: no values of its flags`);
    const given = new Map(Object.entries(own)).get(switchName(collector.name));
    if (given ?? (on && !disableDefaults))
      started.push({ name: collector.name, collect: collector.start(own, log.with({ collector: collector.name })) });
  }
  return started;
}
