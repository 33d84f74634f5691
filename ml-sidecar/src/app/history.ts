import { givingWay, sortedGently } from '@presage/service/giving-way.ts';
import type { WatchSettings } from '../configuration/configuration.ts';
import type { PrometheusClient } from '../prometheus/client.ts';
import { toGrid } from '../prometheus/grid.ts';
import { PrometheusError } from '../prometheus/prometheus-error.ts';
import { coarsestUsable, finestStep, type FirstLook } from '../watch/cold-start.ts';
import { keyOf, sourceLabels, type Labels } from '../watch/labels.ts';
import type { Shard } from '../watch/shard.ts';
import type { GridValues } from '../watch/watch.ts';

/** Values of a watch on its grid, and how many samples said nothing. */
export interface GridHistory {
  readonly matrix: readonly GridValues[];
  readonly nan: number;
  readonly infinite: number;
}

/** An expression may give this many times the series that a watch follows before it is refused as a whole. */
const tolerance = 2;
/** Finest-grid steps of a first look: enough for the coarser grids, too. Of many series fewer, of very many none. */
const firstLookSteps = { most: 1800, least: 120 };

/** Values that are read at a time: an answer of some twenty megabytes. */
const mostValues = 1_500_000;

/** How many grid times of a stretch to read at a time. Rejects with a PrometheusError where there are far too many series. */
export async function sliceLength(
  client: Pick<PrometheusClient, 'query'>,
  settings: WatchSettings,
  fromIndex: number,
  toIndex: number,
  shard?: Shard,
): Promise<number> {
  if (toIndex === fromIndex) return 1;
  const count = await refuseTooMany(client, settings, toIndex * settings.step, shard);
  return Math.max(1, Math.floor(mostValues / Math.max(1, count)));
}

/** Asks for the grid indexes `fromIndex` to `toIndex` of a watch, and keeps the series of `shard`. Rejects with a PrometheusError. */
export async function readGrid(
  client: PrometheusClient,
  settings: WatchSettings,
  fromIndex: number,
  toIndex: number,
  shard?: Shard,
): Promise<GridHistory> {
  if (toIndex > fromIndex) await refuseTooMany(client, settings, toIndex * settings.step, shard);
  return readSlice(client, settings, fromIndex, toIndex, shard);
}

/** The same without a count of the series before. */
export async function readSlice(
  client: Pick<PrometheusClient, 'queryRange'>,
  settings: WatchSettings,
  fromIndex: number,
  toIndex: number,
  shard?: Shard,
): Promise<GridHistory> {
  const { step, expr } = settings;
  const length = toIndex - fromIndex + 1;
  const all = await client.queryRange(expr, fromIndex * step, toIndex * step, step);
  const giveWay = givingWay();
  const found: { readonly key: string; readonly labels: Labels; readonly values: Float64Array }[] = [];
  let nan = 0;
  let infinite = 0;
  for (const one of all) {
    if (shard?.owns(one.labels) === false) continue;
    const grid = toGrid(one, fromIndex * step, step, length);
    nan += grid.nan;
    infinite += grid.infinite;
    found.push({ key: keyOf(one.labels), labels: one.labels, values: grid.values });
    await giveWay();
  }
  // The order of an answer is not promised; which series fit under the limit must not hang on it.
  return { matrix: await sortedGently(found, ({ key }) => key, giveWay), nan, infinite };
}

/** A first look at series that are too young for their own grid, by key: the newest values on a finer one, where there are enough. */
export async function readFine(
  client: PrometheusClient,
  settings: WatchSettings,
  now: number,
  shard?: Shard,
): Promise<ReadonlyMap<string, FirstLook>> {
  const fine = finestStep(settings.step);
  if (fine === undefined) return new Map();
  const count = await refuseTooMany(client, settings, now, shard);
  const steps = Math.min(firstLookSteps.most, Math.floor(mostValues / Math.max(1, count)));
  if (steps < firstLookSteps.least) return new Map();
  const end = Math.floor(now / fine) * fine;
  const start = end - (steps - 1) * fine;
  const series = await client.queryRange(settings.expr, start, end, fine);
  const found = new Map<string, FirstLook>();
  for (const one of series) {
    if (shard?.owns(one.labels) === false) continue;
    const usable = coarsestUsable({ start, step: fine, values: toGrid(one, start, fine, steps).values }, settings.step);
    const labels = sourceLabels(one.labels);
    if (usable) found.set(keyOf(labels), { labels, series: usable });
  }
  return found;
}

/**
 * A history of far too many series would be gigabytes before anything could be dropped: counts first, and gives the number, of all
 * shards. Rejects with a PrometheusError.
 */
export async function refuseTooMany(
  client: Pick<PrometheusClient, 'query'>,
  settings: WatchSettings,
  time: number,
  shard?: Shard,
): Promise<number> {
  const [counted] = await client.query(`count(${settings.expr})`, time);
  const count = counted?.value ?? 0;
  const shards = shard?.count ?? 1;
  if (count <= tolerance * settings.seriesLimit * shards) return count;
  throw new PrometheusError(
    'refused',
    `expr: got ${count} series, want at most ${settings.seriesLimit}${shards > 1 ? ` for each of ${shards} shards` : ''}: narrow the expression or raise series_limit`,
  );
}
