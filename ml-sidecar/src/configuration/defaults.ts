/** What counts where neither a watch nor `defaults` says anything, by the keys of the file. Spans in seconds. */
export const defaultTuning = {
  step: 300,
  live: true,
  history: 14 * 86_400,
  horizon: 86_400,
  refit: 900,
  delay: 10,
  forecaster: 'auto',
  detector: 'auto',
  timezone: 'UTC',
  distrust_alerts: false,
  series_limit: 1000,
};

/** The same of `prometheus`, `metrics`, `hosts`, `api`, `models` and `transports`. */
export const defaultPrometheus = { timeout: 30, concurrency: 2 };
export const defaultMetrics = { quantiles: [0.1, 0.5, 0.9], horizons: [3600, 6 * 3600, 86_400] };
export const defaultHosts = { label: 'instance' };
export const defaultApi = { others: 'write', local: 'admin' } as const;
export const defaultModel = { timeout: 30, memory: 512 };
export const defaultRedis = { stream: 'presage', group: 'presage', claim: 60 };
export const defaultKafka = { topic: 'presage', group: 'presage', tls: false, session: 30 };
