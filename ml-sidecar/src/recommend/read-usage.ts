import type { Configuration, WatchSettings } from '../configuration/configuration.ts';
import type { InstantSeries } from '../prometheus/matrix.ts';
import type { PrometheusClient } from '../prometheus/client.ts';
import { type Labels, sourceLabels } from '../watch/labels.ts';
import type { GridValues } from '../watch/watch.ts';
import { type Outlook, peaksOf, type Unit, type Usage } from './usage.ts';

/** What is read, and how. */
export interface ReadUsageOptions {
  readonly configuration: Configuration;
  readonly client: PrometheusClient;
  /** Unix seconds. */
  readonly now: number;
  /** The label whose values are hosts. */
  readonly hostLabel: string;
  /** This host alone; all where absent. */
  readonly host?: string;
  /** Values of a watch at grid indexes; gaps are NaN. Rejects with a PrometheusError. */
  readonly readGrid: (settings: WatchSettings, fromIndex: number, toIndex: number) => Promise<readonly GridValues[]>;
  readonly progress: (what: string, done: number, all: number) => void;
}

/** Quantile of the forecast that a peak is taken from. */
const LEVEL = 0.975;

/** What there is of the resources of the preset, by watch; `match` are the labels that tell its parts apart. */
const capacities: ReadonlyMap<string, { readonly expr: string; readonly unit: Unit }> = new Map([
  ['cpu', { expr: 'count by (instance, job) (node_cpu_seconds_total{mode="idle"})', unit: 'cores' }],
  ['memory', { expr: 'node_memory_MemTotal_bytes or node_memory_total_bytes', unit: 'bytes' }],
  ['filesystem', { expr: 'node_filesystem_size_bytes', unit: 'bytes' }],
]);

/**
 * What each host used of everything that is a share of a capacity with a limit above, over the history of its watch, and what the
 * sidecar expects of it. Forecasts are read where Prometheus knows them: `presage_forecast` over remote read, else the gauges.
 * Rejects with a PrometheusError.
 */
export async function readUsage(options: ReadUsageOptions): Promise<readonly Usage[]> {
  const watches = options.configuration.watches.filter(isShare);
  const usages: Usage[] = [];
  for (const [i, settings] of watches.entries()) {
    options.progress(`reading ${settings.name}`, i, watches.length);
    usages.push(...(await readWatch(settings, options)));
  }
  return usages.sort((a, b) => compare(a.host, b.host) || compare(a.watch, b.watch) || compare(a.part, b.part));
}

/** Whether the values of a watch are shares of a capacity that must not be used up. */
export function isShare({ bounds, limits }: WatchSettings): boolean {
  return bounds[0] === 0 && bounds[1] === 1 && limits.some(({ side }) => side === 'above');
}

async function readWatch(settings: WatchSettings, options: ReadUsageOptions): Promise<readonly Usage[]> {
  const { client, now, hostLabel, host } = options;
  const { name, step, history, limits } = settings;
  const [limit] = limits.filter(({ side }) => side === 'above').sort((a, b) => a.value - b.value);
  const toIndex = Math.floor((now - settings.delay) / step);
  const fromIndex = toIndex - Math.round(history / step) + 1;
  const matrix = await options.readGrid(settings, fromIndex, toIndex);
  const outlooks = await readOutlooks(settings, limit.name, options);
  const capacity = capacities.get(name);
  const sizes = capacity ? await client.query(capacity.expr, now) : [];
  return matrix.flatMap((one): Usage[] => {
    const labels = sourceLabels(one.labels);
    const own = labels[hostLabel];
    const peaks = peaksOf(one.values, fromIndex * step, step);
    if (own === undefined || peaks === undefined || (host !== undefined && own !== host)) return [];
    const size = sizes.find((candidate) => includes(candidate.labels, labels));
    return [
      {
        host: own,
        watch: name,
        part: labels.mountpoint ?? labels.device ?? '',
        ...(capacity && size ? { capacity: { value: size.value, unit: capacity.unit } } : {}),
        limit: { name: limit.name, value: limit.value },
        history: peaks,
        ...outlooks(labels),
      },
    ];
  });
}

/** What is known ahead of a series, by its labels. */
type OutlookOf = (labels: Labels) => Pick<Usage, 'forecast' | 'noForecast'>;

async function readOutlooks({ name, horizon }: WatchSettings, limit: string, options: ReadUsageOptions): Promise<OutlookOf> {
  const { client, now } = options;
  const watch = `watch=${JSON.stringify(name)}`;
  const ask = (expr: string): Promise<readonly InstantSeries[]> => client.query(expr, now);
  const whole = await ask(`max_over_time(presage_forecast{${watch},quantile="${LEVEL}"}[${horizon}s] offset -${horizon}s)`);
  // The gauges know fewer quantiles; the highest of them serves.
  const gauges = whole.length > 0 ? [] : await ask(`max without (horizon) (presage_predicted{${watch}})`);
  const level = whole.length > 0 ? LEVEL : Math.max(...gauges.map(({ labels }) => Number(labels.quantile)));
  const peaks = whole.length > 0 ? whole : gauges.filter(({ labels }) => Number(labels.quantile) === level);
  const skills = await ask(`presage_forecast_skill_ratio{${watch}}`);
  const times = await ask(`presage_time_to_limit_seconds{${watch},limit=${JSON.stringify(limit)},quantile="0.5"}`);
  const chances = await ask(`max without (horizon) (presage_limit_probability_ratio{${watch},limit=${JSON.stringify(limit)}})`);
  return (labels) => {
    const of = (all: readonly InstantSeries[]): number | undefined => all.find((one) => includes(one.labels, labels))?.value;
    const [peak, skill] = [of(peaks), of(skills)];
    if (peak === undefined) return { noForecast: 'Prometheus knows none of it' };
    if (skill === undefined || skill <= 0) return { noForecast: 'it has not done better than yesterday at the same time' };
    const forecast: Outlook = { horizon, peak, level, timeToLimit: of(times) ?? Infinity, probability: of(chances) ?? 0 };
    return { forecast };
  };
}

/** Whether two series agree on every label that both have, the place among them. */
function includes(labels: Labels, wanted: Labels): boolean {
  const shared = Object.keys(wanted).filter((label) => labels[label] !== undefined);
  return shared.length > 0 && shared.every((label) => labels[label] === wanted[label]);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
