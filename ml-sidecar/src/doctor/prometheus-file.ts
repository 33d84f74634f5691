import { formatDuration, parseDuration } from '@presage/service/duration.ts';
import { parse } from 'yaml';
import { z } from 'zod';
import { doubtful, right, wrong, type Finding } from './finding.ts';

const FORECAST = 'presage_forecast';
const file = 'prometheus.yml';
/** Seconds that a sample may wait in Prometheus before it is sent on. */
const longestWait = 1;
/** Seconds between two scrapes of the sidecar at most: its gauges move with every sample. */
const longestScrape = 60;

const remoteReadSchema = z.object({
  url: z.string(),
  read_recent: z.boolean().optional(),
  required_matchers: z.record(z.string(), z.string()).optional(),
  filter_external_labels: z.boolean().optional(),
});
const remoteWriteSchema = z.object({
  url: z.string(),
  protobuf_message: z.string().optional(),
  queue_config: z.object({ batch_send_deadline: z.string().optional(), retry_on_http_429: z.boolean().optional() }).optional(),
});
const scrapeSchema = z.object({
  job_name: z.string(),
  honor_labels: z.boolean().optional(),
  scrape_interval: z.string().optional(),
  static_configs: z.array(z.object({ targets: z.array(z.string()).optional() })).optional(),
});
const fileSchema = z.object({
  global: z.object({ external_labels: z.record(z.string(), z.unknown()).optional(), scrape_interval: z.string().optional() }).optional(),
  remote_read: z.array(remoteReadSchema).optional(),
  remote_write: z.array(remoteWriteSchema).optional(),
  scrape_configs: z.array(scrapeSchema).optional(),
});

/** A Prometheus configuration, as far as it concerns Presage. */
export type PrometheusFile = z.infer<typeof fileSchema>;

/** What Prometheus says its configuration is (YAML, defaults filled in, what is false left out); nothing where it is not one. */
export function readPrometheusFile(text: string): PrometheusFile | undefined {
  const read = fileSchema.safeParse(parse(text));
  return read.success ? read.data : undefined;
}

/** Whether `presage_forecast` is asked of the sidecar, and how. `sidecar` is its host and port as Prometheus sees it. */
export function examineRemoteRead({ remote_read = [], global }: PrometheusFile, sidecar: string): Finding[] {
  const paste = { file, lines: remoteReadLines(sidecar) };
  const entry =
    remote_read.find((one) => one.required_matchers?.['__name__'] === FORECAST) ?? remote_read.find((one) => hostOf(one.url) === sidecar);
  if (!entry) return [wrong(`remote_read: got no section for ${FORECAST}, want one: without it PromQL sees no future`, paste)];
  const place = `remote_read (${entry.url})`;
  const findings: Finding[] = [];
  const matcher = entry.required_matchers?.['__name__'];
  if (matcher !== FORECAST) {
    const found = matcher === undefined ? 'no required_matchers' : `required_matchers for ${matcher}`;
    findings.push(wrong(`${place}: got ${found}, want { __name__: ${FORECAST} }: else every query of Prometheus asks the sidecar`, paste));
  }
  if (entry.read_recent !== true)
    findings.push(
      wrong(`${place}: got read_recent: false, want true: else nothing after Prometheus' own oldest block is asked for`, paste),
    );
  if (!new URL(entry.url).pathname.endsWith('/api/v1/read'))
    findings.push(wrong(`${place}: got this path, want /api/v1/read of the sidecar`, paste));
  const externals = Object.keys(global?.external_labels ?? {});
  if (externals.length > 0 && entry.filter_external_labels === true)
    findings.push(
      wrong(
        `${place}: got external labels (${externals.join(', ')}) in the question, want filter_external_labels: false: no forecast has them`,
        paste,
      ),
    );
  return findings.length > 0 ? findings : [right(`${place} asks the sidecar for ${FORECAST} alone`)];
}

/** Whether live samples are sent to the sidecar, and how soon. */
export function examineRemoteWrite({ remote_write = [] }: PrometheusFile, sidecar: string): Finding[] {
  const paste = { file, lines: remoteWriteLines(sidecar) };
  const entry = remote_write.find((one) => hostOf(one.url) === sidecar && new URL(one.url).pathname.endsWith('/api/v1/write'));
  if (!entry)
    return [doubtful('remote_write: got no section for the sidecar: values are scored once a step instead of as they come', paste)];
  const place = `remote_write (${entry.url})`;
  const findings: Finding[] = [];
  const wait = parseDuration(entry.queue_config?.batch_send_deadline ?? '5s') ?? 0;
  if (wait > longestWait)
    findings.push(
      doubtful(
        `${place}: got batch_send_deadline ${formatDuration(wait)}, want 200ms: a score comes ${formatDuration(wait)} late at worst`,
        paste,
      ),
    );
  if (entry.queue_config?.retry_on_http_429 !== true)
    findings.push(doubtful(`${place}: got retry_on_http_429: false, want true: what a proxy refuses for a moment is lost`, paste));
  if (entry.protobuf_message?.startsWith('io.prometheus.write.v2') === true)
    findings.push(doubtful(`${place}: got protobuf_message ${entry.protobuf_message}, want prometheus.WriteRequest: version 1 is taken`));
  return findings.length > 0 ? findings : [right(`${place} sends samples as they come`)];
}

/** Whether the job that scrapes the sidecar keeps the labels of the series. `job` is its name, nothing where none scrapes it. */
export function examineScrape({ scrape_configs = [], global }: PrometheusFile, job: string | undefined, sidecar: string): Finding[] {
  const paste = { file, lines: scrapeLines(sidecar) };
  const entry = scrape_configs.find((one) => one.job_name === job);
  const coming = scrape_configs.find(({ static_configs = [] }) => static_configs.some(({ targets = [] }) => targets.includes(sidecar)));
  if (!entry && coming)
    return [
      doubtful(`scrape_configs (job_name: ${coming.job_name}): the sidecar has not been scraped yet: ask again after a scrape interval`),
    ];
  if (!entry) return [wrong('scrape_configs: got no job that scrapes the sidecar, want one', paste)];
  const place = `scrape_configs (job_name: ${entry.job_name})`;
  const findings: Finding[] = [];
  if (entry.honor_labels !== true)
    findings.push(
      wrong(`${place}: got honor_labels: false, want true: else instance and job of every forecast are those of the sidecar`, paste),
    );
  const interval = parseDuration(entry.scrape_interval ?? global?.scrape_interval ?? '1m') ?? longestScrape;
  if (interval > longestScrape)
    findings.push(
      doubtful(`${place}: got scrape_interval ${formatDuration(interval)}, want at most ${formatDuration(longestScrape)}`, paste),
    );
  return findings.length > 0 ? findings : [right(`${place} keeps the labels of the series`)];
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}

function remoteReadLines(sidecar: string): string {
  return `remote_read:
  - name: presage
    url: http://${sidecar}/api/v1/read
    read_recent: true
    required_matchers: { __name__: ${FORECAST} }
    filter_external_labels: false`;
}

function remoteWriteLines(sidecar: string): string {
  return `remote_write:
  - name: presage
    url: http://${sidecar}/api/v1/write
    write_relabel_configs:
      - { source_labels: [__name__], regex: presage_.*, action: drop }
    metadata_config: { send: false }
    queue_config:
      batch_send_deadline: 200ms
      max_shards: 4
      max_backoff: 1s
      retry_on_http_429: true`;
}

function scrapeLines(sidecar: string): string {
  return `scrape_configs:
  - job_name: presage
    scrape_interval: 15s
    honor_labels: true
    static_configs:
      - targets: ['${sidecar}']`;
}
