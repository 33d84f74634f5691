import type { Logger } from '@presage/service/log.ts';
import { createWebServer, type WebListening, type WebServer } from '@presage/service/web.ts';
import { collectorsOn } from './collectors/platforms.ts';
import { closeHost, createHost, type HostPaths } from './host/host.ts';
import { createHelper } from './host/helper.ts';
import { probeHandler } from './probes/handler.ts';
import type { ProbeConfig } from './probes/modules.ts';
import { startStaticProbes } from './probes/static-probes.ts';
import { createSampler } from './sampler/sampler.ts';
import { createSamplerProcess, type SamplerProcessOptions } from './sampler/sampler-process.ts';
import { createRunner, type StartedCollector } from './scrape/runner.ts';
import { createHeapSweep } from './serve/heap-sweep.ts';
import { metricsHandler } from './serve/metrics.ts';
import { routes } from './serve/routes.ts';
import type { OwnUsage } from './serve/process-metrics.ts';
import { createSelfMetrics, type Build } from './serve/self-metrics.ts';
import { startCollectors } from './start-collectors.ts';

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
  /** Seconds between two samples, on systems where something is sampled. */
  readonly sampleInterval: number;
  readonly samplerProcess: SamplerProcessOptions;
  /** Values of the collectors' flags: a group for each, under its name. */
  readonly collectorValues: Readonly<Record<string, unknown>>;
  /** The probe modules and static probes of this moment. */
  readonly probes: () => ProbeConfig;
  readonly build: Build;
  /** The engine's garbage collection, where it may be called. */
  readonly collectGarbage: (() => void) | undefined;
  /** What the runtime tells of this process, for systems without procfs. */
  readonly ownUsage: () => OwnUsage;
  /** The built helper.worker.js. */
  readonly helperWorker: URL;
  readonly log: Logger;
}

/** An exporter: a web server that holds a host. */
export function createApp(options: AppOptions): WebServer {
  const { log, build } = options;
  const { started, sources } = startCollectors(options.collectorValues, options.disableDefaults, log, collectorsOn(build.platform));
  const asked = createSamplerProcess(options.samplerProcess);
  const sampler = createSampler({
    ask: (source, timeout) => asked.ask(source, timeout),
    interval: options.sampleInterval,
    now: () => performance.now() / 1000,
    log,
  });
  const host = createHost(options.paths, createHelper(options.helperWorker), sampler);
  const probes = startStaticProbes(options.probes, log);
  sampler.start(sources);
  // Static probes come and go with their configuration; where there never was one, no collector shows.
  const probing: StartedCollector[] =
    options.probes().probes.length === 0 ? [] : [{ name: 'probes', collect: (_, sink) => probes.write(sink) }];
  const runner = createRunner(host, [...started, ...probing], log);
  const self = createSelfMetrics(build, options.exporterMetrics, { procfs: '/proc', usage: options.ownUsage });
  const metrics = metricsHandler({
    runner,
    self,
    timeout: options.collectorTimeout,
    maxRequests: options.maxRequests,
    answered: createHeapSweep(options.collectGarbage),
  });
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
      sampler.close();
      asked.close();
      await server.close();
      closeHost(host);
      self.close();
    },
  };
}
