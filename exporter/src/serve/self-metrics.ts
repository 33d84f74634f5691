import { labelText } from '@presage/service/exposition.ts';
import { createExpositionWriter } from '../scrape/exposition.ts';
import { Sink } from '../scrape/sink.ts';
import { createProcessMetrics, type OwnUsage } from './process-metrics.ts';

/** What the exporter says of itself. */
export interface SelfMetrics {
  /** A scrape begins; the result is called with its status when it has been answered. */
  scrapeBegins(): (status: number) => void;
  /** Samples left out because their series stood in the exposition already. */
  countDuplicates(count: number): void;
  /** The families as text: build information alone, or with the metrics of process, runtime and handler. */
  write(): string;
  /** Closes the files that the measurements keep open. */
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

/** Where the exporter finds itself. */
export interface SelfOptions {
  /** Where procfs is mounted for this process itself. */
  readonly procfs: string;
  /** What the runtime tells where there is no procfs. */
  readonly usage: () => OwnUsage;
}

/**
 * Self-metrics, written by the same few lines as the host's: a client library would take longer for these twenty samples than a host's
 * /proc takes to read, and 8 MB. `detailed` is off by --web.disable-exporter-metrics.
 */
export function createSelfMetrics(build: Build, detailed: boolean, { procfs, usage }: SelfOptions): SelfMetrics {
  const ownProcess = createProcessMetrics(procfs, performance.timeOrigin / 1000, usage);
  const info = buildInfo(build);
  const requests = new Map([200, 500, 503].map((status) => [status, 0]));
  const sink = new Sink();
  const writer = createExpositionWriter();
  let inFlight = 0;
  let duplicates = 0;
  return {
    scrapeBegins() {
      inFlight += 1;
      return (status) => {
        inFlight -= 1;
        requests.set(status, (requests.get(status) ?? 0) + 1);
      };
    },
    countDuplicates: (count) => {
      duplicates += count;
    },
    write() {
      sink.begin();
      sink.gauge('node_exporter_build_info', INFO_HELP).add(1, info.rival);
      sink.gauge('presage_build_info', 'Version of the Presage service. Always 1.').add(1, info.own);
      sink
        .counter('presage_exporter_duplicate_samples_total', 'Samples left out because their series was in the same exposition already.')
        .add(duplicates);
      if (detailed) {
        const total = sink.counter('promhttp_metric_handler_requests_total', 'Scrapes answered, by HTTP status code.');
        for (const [status, count] of requests) total.add(count, labelText({ code: String(status) }));
        sink.gauge('promhttp_metric_handler_requests_in_flight', 'Scrapes being answered now.').add(inFlight);
        sink.gauge('nodejs_version_info', 'Version of Node.js. Always 1.').add(1, info.runtime);
        ownProcess.write(sink);
      }
      return writer.write([sink]).text;
    },
    close: () => ownProcess.close(),
  };
}

const INFO_HELP = 'Version and platform of the exporter under the label names of node_exporter; goversion is that of Node.js. Always 1.';

/** `node_exporter_build_info` has the labels that dashboards read; Presage's own stands beside it. */
function buildInfo({ version, revision, node, platform, architecture }: Build): Readonly<Record<'rival' | 'own' | 'runtime', string>> {
  const labels = {
    version,
    revision,
    branch: 'main',
    goversion: `node${node}`,
    goos: platform === 'win32' ? 'windows' : platform,
    goarch: architecture,
  };
  const [major = '', minor = '', patch = ''] = node.split('.');
  return {
    rival: labelText({ ...labels, tags: 'presage' }),
    own: labelText({ service: 'exporter', version, revision, nodeversion: node }),
    runtime: labelText({ version: `v${node}`, major, minor, patch }),
  };
}
