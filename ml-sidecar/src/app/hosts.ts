import { isDeepStrictEqual } from 'node:util';
import { gently, type GiveWay } from '@presage/service/giving-way.ts';
import type { Logger } from '@presage/service/log.ts';
import type { HostsSettings } from '../configuration/configuration.ts';
import { autoHostDefaults, autoHostDetector } from '../detectors/auto-host.ts';
import { takeNewest } from '../storage/generations.ts';
import { Hosts } from '../watch/hosts.ts';
import type { Shard, ShardPlace } from '../watch/shard.ts';
import type { Watch } from '../watch/watch.ts';
import type { SelfMetrics } from './self-metrics.ts';

/**
 * Scores of whole hosts from the watches with the detector auto and the step that most of these have. Nothing where there is none,
 * and where the series of one host fall to several shards, each of which would score a part of it.
 */
export function createHosts({ hosts, watches }: HostsSource, shard?: Shard): Hosts | undefined {
  const label = hosts?.label ?? 'instance';
  if (shard && !keepsWhole(shard, label)) return undefined;
  const speaking = watches.filter(({ settings }) => settings.detector === 'auto');
  const counts = new Map<number, number>();
  for (const { shape } of speaking) counts.set(shape.step, (counts.get(shape.step) ?? 0) + 1);
  const [commonest] = [...counts].sort(([a, countA], [b, countB]) => countB - countA || a - b);
  if (commonest === undefined) return undefined;
  const detector = autoHostDetector(hosts?.detection ?? autoHostDefaults);
  const owns = shard && ((host: string) => shard.owns({ [label]: host }));
  return new Hosts({ label, detector, step: commonest[0], ...(owns ? { owns } : {}) }, speaking);
}

/** Whether all series of a host, a value of `label`, fall to one shard. */
export function keepsWhole({ labels, count }: ShardPlace, label: string): boolean {
  return count === 1 || labels.every((name) => name === label);
}

/** Takes up the newest whole state that `file` holds of the hosts, if it fits, giving way. Says and counts what it did. */
export async function restoreHosts(
  hosts: Hosts,
  file: string,
  giveWay: GiveWay,
  { log, metrics }: { readonly log: Logger; readonly metrics: Pick<SelfMetrics, 'restored'> },
): Promise<void> {
  let fits = true;
  const taken = await takeNewest(
    file,
    async (sections) => {
      hosts.states.clear();
      fits = await gently(hosts.restore(sections), giveWay);
    },
    ({ path, aside, err }) => {
      hosts.states.clear();
      log.warn('state of the hosts cannot be read and is left behind', { path, aside, err });
    },
  );
  metrics.restored('hosts', '', taken);
  if (taken === 'absent' || taken === 'none') return;
  const found = { path: file, hosts: hosts.states.size };
  if (!fits) log.info('state of the hosts was made by another configuration and is left behind', found);
  else if (taken === 'newest') log.info('state of the hosts taken up', found);
  else log.warn('the state of the hosts before the newest is taken up', found);
}

/** Whether hosts made for `before` would be made the same for `now`. */
export function sameHosts(before: HostsSource, now: HostsSource): boolean {
  return (
    isDeepStrictEqual(before.hosts, now.hosts) &&
    before.watches.length === now.watches.length &&
    before.watches.every((watch) => now.watches.includes(watch))
  );
}

/** What whole hosts are scored from. */
export interface HostsSource {
  readonly hosts: HostsSettings | undefined;
  readonly watches: readonly Watch[];
}
