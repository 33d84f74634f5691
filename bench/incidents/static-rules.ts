/**
 * The static rules that most hosts are watched by: the thresholds and waiting times of node_exporter's mixin for what the generated
 * hosts show (docs/node-mixin of node_exporter, alerts.libsonnet and config.libsonnet), without its predictions, and one threshold
 * on latency. Written anew.
 */
export const thresholds = `
groups:
  - name: thresholds
    rules:
      - { alert: SpaceLow, expr: 'node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.05 and node_filesystem_readonly == 0', for: 30m, labels: { severity: warning } }
      - { alert: SpaceVeryLow, expr: 'node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.03 and node_filesystem_readonly == 0', for: 30m, labels: { severity: critical } }
      - { alert: CpuHigh, expr: '1 - avg by (instance, job) (rate(node_cpu_seconds_total{mode="idle"}[5m])) > 0.9', for: 15m, labels: { severity: info } }
      - { alert: MemoryHigh, expr: '1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes > 0.9', for: 15m, labels: { severity: warning } }
      - { alert: LoadHigh, expr: 'node_load1 / on (instance, job) count by (instance, job) (node_cpu_seconds_total{mode="idle"}) > 2', for: 15m, labels: { severity: warning } }
      - { alert: AnswersSlow, expr: 'probe_duration_seconds > 1', for: 5m, labels: { severity: warning } }
`;

/** The mixin with its predictions: a straight line through the last six hours, a day and four hours ahead. */
export const mixin = `${thresholds}
      - { alert: SpaceFilling, expr: 'node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.4 and predict_linear(node_filesystem_avail_bytes[6h], 86400) < 0 and node_filesystem_readonly == 0', for: 1h, labels: { severity: warning } }
      - { alert: SpaceFillingFast, expr: 'node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.2 and predict_linear(node_filesystem_avail_bytes[6h], 14400) < 0 and node_filesystem_readonly == 0', for: 1h, labels: { severity: critical } }
`;

/** A straight line through everything that has a limit, as guides recommend it: one hour back, four hours ahead. */
export const straightLines = `
groups:
  - name: predict-linear
    rules:
      - { alert: DiskFullInFourHours, expr: 'predict_linear(node_filesystem_avail_bytes[1h], 4 * 3600) < 0', for: 5m, labels: { severity: page } }
      - { alert: MemoryOutInFourHours, expr: 'predict_linear(node_memory_MemAvailable_bytes[1h], 4 * 3600) < 0', for: 5m, labels: { severity: page } }
      - { alert: SlowInFourHours, expr: 'predict_linear(probe_duration_seconds[1h], 4 * 3600) > 1', for: 5m, labels: { severity: page } }
`;
