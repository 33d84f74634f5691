import { Gauge, type Registry } from 'prom-client';
import type { ShardPlace } from '../watch/shard.ts';

/** Shows which part of all series is followed. */
export function showShard({ index, count, labels }: ShardPlace, registry: Registry): void {
  const shown = new Gauge({
    name: 'presage_shard_info',
    help: 'Part of all series that is followed, always 1.',
    labelNames: ['shard', 'labels'],
    registers: [registry],
  });
  shown.set({ shard: `${index}/${count}`, labels: labels.join(';') }, 1);
}
