import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** What the exporter says of itself. */
export interface SelfMetrics {
  /** A scrape begins; the result is called with its status when it has been answered. */
  scrapeBegins(): (status: number) => void;
  /** Samples left out because their series stood in the exposition already. */
  countDuplicates(count: number): void;
  /** The families as text: build information alone, or with the metrics of process, runtime and handler. */
  write(): Promise<string>;
  /** Ends the background measurements. */
  close(): void;
}

/** Versions shown by the build information; `node` is the runtime's. */
export interface Build {
  readonly version: string;
  readonly revision: string;
  readonly node: string;
  readonly platform: string;
  readonly architecture: string;
}

/** Self-metrics through prom-client, which stays behind this file. `detailed` is off by --web.disable-exporter-metrics. */
export function createSelfMetrics(build: Build, detailed: boolean): SelfMetrics {
  const registry = new Registry();
  const registers = [registry];
  addBuildInfo(build, registers);
  const duplicates = new Counter({
    name: 'presage_exporter_duplicate_samples_total',
    help: 'Samples left out because their series was in the same exposition already.',
    registers,
  });
  const requests = new Counter({
    name: 'promhttp_metric_handler_requests_total',
    help: 'Total number of scrapes by HTTP status code.',
    labelNames: ['code'],
    registers: detailed ? registers : [],
  });
  const inFlight = new Gauge({
    name: 'promhttp_metric_handler_requests_in_flight',
    help: 'Current number of scrapes being served.',
    registers: detailed ? registers : [],
  });
  for (const code of ['200', '500', '503']) requests.inc({ code }, 0);
  if (detailed) addRuntime(registry);
  return {
    scrapeBegins() {
      inFlight.inc();
      return (status) => {
        inFlight.dec();
        requests.inc({ code: String(status) });
      };
    },
    countDuplicates: (count) => duplicates.inc(count),
    write: () => registry.metrics(),
    close: () => registry.clear(),
  };
}

/**
 * prom-client's metrics of process and runtime, but for the event loop's delay: working out its quantiles takes longer than reading
 * a host's /proc, and the timer that samples it keeps an idle exporter awake (hence the long precision until it is removed).
 */
function addRuntime(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 60_000 });
  for (const { name } of registry.getMetricsAsArray()) if (name.startsWith('nodejs_eventloop_lag')) registry.removeSingleMetric(name);
}

/** `node_exporter_build_info` under the labels that dashboards read; Presage's own beside it. */
function addBuildInfo(build: Build, registers: Registry[]): void {
  const { version, revision, node, platform, architecture } = build;
  const labels = { version, revision, branch: 'main', goversion: `node${node}`, goos: platform, goarch: architecture };
  const info = { ...labels, tags: 'presage' };
  new Gauge({
    name: 'node_exporter_build_info',
    help: 'Version and platform of the exporter under the label names of node_exporter; goversion is that of Node.js. Always 1.',
    labelNames: Object.keys(info),
    registers,
  }).set(info, 1);
  const own = { service: 'exporter', version, revision, nodeversion: node };
  new Gauge({
    name: 'presage_build_info',
    help: 'Version of the Presage service. Always 1.',
    labelNames: Object.keys(own),
    registers,
  }).set(own, 1);
}
