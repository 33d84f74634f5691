import { dashboard, uids } from './dashboard.ts';
import { figure, limit, lines, type Sized, type Subject } from './panels.ts';

const third = { width: 8, height: 8 };
const line = (title: string, description: string, expr: string, legend: string, more: Partial<Subject> = {}): Sized =>
  lines({ ...third, title, description, targets: [{ expr, legend }], defaults: { min: 0 }, ...more });
const slowest = (name: string): string => `histogram_quantile(0.95, sum by (le, watch) (rate(${name}_bucket[5m])))`;

/** How the exporter and the sidecar are themselves. */
export const self = dashboard({
  uid: uids.self,
  title: 'Presage: itself',
  description: 'Health, cost and work of the exporter and the sidecar.',
  from: 'now-6h',
  to: 'now',
  variables: [],
  sections: [
    { title: 'Health', panels: health() },
    { title: 'Cost', panels: cost() },
    { title: 'Sidecar', panels: sidecar() },
    { title: 'Exporter', panels: exporter() },
  ],
});

function health(): Sized[] {
  const size = { width: 4, height: 4 };
  return [
    figure({
      ...size,
      title: 'Exporters that answer',
      description: 'Share of the exporters that answer Prometheus.',
      targets: [{ expr: 'avg(up{job="node"})' }],
      unit: 'percentunit',
      defaults: limit(1, 'below'),
    }),
    figure({
      ...size,
      title: 'Sidecars that answer',
      description: 'Share of the sidecars that answer Prometheus.',
      targets: [{ expr: 'avg(up{job="presage"})' }],
      unit: 'percentunit',
      defaults: limit(1, 'below'),
    }),
    figure({
      ...size,
      title: 'Watches that fail',
      description: 'Watches whose last query Prometheus did not answer.',
      targets: [{ expr: 'count(presage_watch_up == 0) or vector(0)' }],
      defaults: limit(1),
    }),
    figure({
      ...size,
      title: 'Future readable',
      description: '1 where Prometheus can read the forecast for half an hour from now.',
      targets: [{ expr: 'clamp_max(count(presage_forecast{quantile="0.5"} offset -30m), 1) or vector(0)' }],
      defaults: limit(1, 'below'),
    }),
    figure({
      ...size,
      title: 'Oldest sample',
      description: 'Time since the watch that waits longest was last answered.',
      targets: [{ expr: 'max(time() - presage_watch_last_success_timestamp_seconds)' }],
      unit: 's',
      defaults: limit(600),
    }),
    figure({
      ...size,
      title: 'Version',
      description: 'Version of every part that runs.',
      targets: [{ expr: 'count by (version) (presage_build_info)', legend: '{{version}}' }],
    }),
  ];
}

function cost(): Sized[] {
  const ours = 'job=~"node|presage"';
  return [
    line('Processor', 'Cores in use.', `rate(process_cpu_seconds_total{${ours}}[5m])`, '{{job}} {{instance}}'),
    line('Memory', 'Resident memory.', `process_resident_memory_bytes{${ours}}`, '{{job}} {{instance}}', { unit: 'bytes' }),
    line('Time of a scrape', 'As Prometheus measures it.', `scrape_duration_seconds{${ours}}`, '{{job}} {{instance}}', { unit: 's' }),
  ];
}

function sidecar(): Sized[] {
  const rate = (name: string, by: string): string => `sum by (${by}) (rate(${name}[5m]))`;
  return [
    line('Series watched', 'By watch.', 'presage_watched_series', '{{watch}}'),
    line('Values scored', 'A second, by watch.', rate('presage_scored_samples_total', 'watch'), '{{watch}}'),
    line(
      'Values not learned from',
      'A second: NaN, infinite, histograms.',
      rate('presage_ignored_samples_total', 'watch, reason'),
      '{{watch}} {{reason}}',
    ),
    line('Queries', 'A second, by result.', rate('presage_queries_total', 'result'), '{{result}}'),
    line('Time of a query', '95th percentile.', slowest('presage_query_duration_seconds'), '{{watch}}', { unit: 's' }),
    line('Queries sent again', 'A second.', 'sum(rate(presage_query_retries_total[5m]))', 'retries'),
    line('Fits', 'A second, by result.', rate('presage_fits_total', 'result'), '{{result}}'),
    line('Time of a fit', '95th percentile.', slowest('presage_fit_duration_seconds'), '{{watch}}', { unit: 's' }),
    line(
      'Series left out',
      'Because a watch has too many, or has one twice.',
      rate('presage_dropped_series_total', 'watch, reason'),
      '{{watch}} {{reason}}',
    ),
    line('State saved', 'A second, by result.', rate('presage_state_saves_total', 'result'), '{{result}}'),
    line('Time of saving', '95th percentile.', slowest('presage_state_save_duration_seconds'), '{{watch}}', { unit: 's' }),
    line('Gaps read back', 'Times that missed samples were asked for, by result.', rate('presage_gaps_total', 'result'), '{{result}}'),
    line('Live samples', 'Received by remote write, a second.', 'sum(rate(presage_received_samples_total[5m]))', 'received'),
    line('Live samples that wait', 'Received and not yet scored.', 'sum(presage_queued_samples)', 'waiting'),
    line(
      'Reads of the future',
      'Remote reads that Prometheus sends, a second, by result.',
      'sum by (code) (rate(prometheus_remote_storage_read_queries_total[5m]))',
      '{{code}}',
    ),
  ];
}

function exporter(): Sized[] {
  return [
    line(
      'Slowest collectors',
      'Time that a collector took, the ten slowest of all hosts.',
      'topk(10, max by (collector) (node_scrape_collector_duration_seconds))',
      '{{collector}}',
      { unit: 's' },
    ),
    line(
      'Collectors that fail',
      'Hosts on which a collector found nothing to read or could not read it.',
      'count by (collector) (node_scrape_collector_success == 0)',
      '{{collector}}',
    ),
    line('Samples of a scrape', 'By host.', 'scrape_samples_scraped{job="node"}', '{{instance}}'),
  ];
}
