import type { Logger } from '@presage/service/log.ts';
import type { PrometheusClient } from '../prometheus/client.ts';
import type { LoadOptions, Watch } from '../watch/watch.ts';
import { distrusting, readFiredAlerts } from './alerts.ts';
import { readGrid } from './history.ts';
import type { LiveFeed } from './live-feed.ts';

/** What learning of what others followed needs. */
export interface TakeOverOptions extends LoadOptions {
  readonly watch: Watch;
  readonly client: PrometheusClient;
  readonly log: Logger;
  /** What brings live samples; absent where the values are asked for at the step of the watch. */
  readonly feed?: LiveFeed;
}

/**
 * Learns from their history those series that another shard followed when the state of the watch was saved, up to where the watch
 * stands, and takes them in. Gives whether there was anything to do. Rejects with a PrometheusError; then nothing has changed.
 */
export async function takeOver(options: TakeOverOptions): Promise<boolean> {
  const { watch, feed, log } = options;
  if (!watch.isPartial) return false;
  const others = watch.sibling();
  await (feed ? feed.beside(others).catchUp() : loadHistory(others, watch.lastIndex, options));
  const room = Math.max(0, watch.settings.seriesLimit - watch.series.size);
  const taken = [...others.series].slice(0, room);
  for (const [key, series] of taken) watch.add(key, series);
  feed?.live.adopt();
  watch.isPartial = false;
  const left = others.series.size - taken.length;
  log.info('series of other shards taken over', { watch: watch.settings.name, series: taken.length, left });
  return true;
}

async function loadHistory(others: Watch, toIndex: number, options: TakeOverOptions): Promise<void> {
  if (!Number.isFinite(toIndex)) return;
  const { settings, shape, shard } = others;
  const fromIndex = toIndex - shape.historySteps + 1;
  const { matrix } = await readGrid(options.client, settings, fromIndex, toIndex, shard);
  const alerts = settings.distrustAlerts === true ? await readFiredAlerts(options.client, settings, fromIndex, toIndex) : [];
  await others.load(toIndex, shape.historySteps, distrusting(matrix, alerts), options);
}
