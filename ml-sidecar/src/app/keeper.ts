import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '@presage/service/command-line.ts';
import { errorText, type Logger } from '@presage/service/log.ts';
import { takeNewest } from '../storage/generations.ts';
import { writeStateFile } from '../storage/state-file.ts';
import { restoreSnapshot, takeSnapshot } from '../watch/snapshot.ts';
import type { Hosts } from '../watch/hosts.ts';
import type { Watch } from '../watch/watch.ts';
import { restoreHosts } from './hosts.ts';
import { restoreModel, saveModel } from './model-file.ts';
import type { SelfMetrics } from './self-metrics.ts';

/** Keeps the state of the watches in one folder. */
export interface Keeper {
  /** Fills an empty watch from its newest whole file, if that fits. Says and counts what it did. */
  restore(watch: Watch): void;
  /** Takes up the state of the hosts: that of those `before` them, or their file. From then on saves it with that of the watches. */
  attach(hosts: Hosts | undefined, before?: Hosts): void;
  /** Saves a watch if its last save is older than the save interval, or always with `now`. Never throws: counts and logs. */
  save(watch: Watch, when?: 'due' | 'now'): void;
}

/** Where state is kept, and how often. */
export interface Keeping {
  readonly path: string;
  /** Seconds between two saves of one watch: what a crash costs in work, not in results. */
  readonly saveInterval: number;
}

/** Prepares the folder. Throws a UsageError where it cannot be written. */
export function createKeeper({ path, saveInterval }: Keeping, clock: () => number, log: Logger, metrics: SelfMetrics): Keeper {
  const folder = join(path, 'watches');
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new UsageError(`--storage.path: got ${JSON.stringify(path)} (${errorText(error)}), want a folder that can be written`, {
      cause: error,
    });
  }
  const fileOf = (watch: Watch) => join(folder, `${watch.settings.name}.state`);
  const modelOf = (watch: Watch) => join(folder, `${watch.settings.name}.model`);
  const savedAt = new WeakMap<Watch, number>();
  const hostsFile = join(path, 'hosts.state');
  let hosts: Hosts | undefined;
  return {
    attach(attached, before) {
      hosts = attached;
      if (!attached) return;
      const known = before?.snapshot();
      if (known) attached.restore(known.header, known.columns);
      else restoreHosts(attached, hostsFile, log, metrics);
    },
    restore(watch) {
      restore(watch, fileOf(watch), log, metrics);
      restoreModel(watch, modelOf(watch), log, metrics);
    },
    save(watch, when = 'due') {
      const started = clock();
      const last = savedAt.get(watch);
      if (when === 'due' && last !== undefined && started - last < saveInterval) return;
      try {
        // Before the watch, so that what its series have said and no host has heard yet is in one of the two.
        if (hosts) writeStateFile(hostsFile, hosts.snapshot());
        writeStateFile(fileOf(watch), takeSnapshot(watch));
        saveModel(watch, modelOf(watch));
        metrics.saved(watch.settings.name, 'success', clock() - started);
      } catch (error) {
        metrics.saved(watch.settings.name, 'failure', clock() - started);
        log.error('state cannot be saved', { watch: watch.settings.name, path: fileOf(watch), err: errorText(error) });
      }
      // After a failure, too: a full disk is not asked again at every step.
      savedAt.set(watch, started);
    },
  };
}

function restore(watch: Watch, file: string, log: Logger, metrics: SelfMetrics): void {
  const { name } = watch.settings;
  let fits = true;
  const taken = takeNewest(
    file,
    ({ header, columns }) => {
      watch.series.clear();
      watch.lastIndex = -Infinity;
      fits = restoreSnapshot(watch, header, columns);
    },
    ({ path, aside, err }) => {
      watch.series.clear();
      watch.lastIndex = -Infinity;
      log.warn('state cannot be read and is left behind', { watch: name, path, aside, err });
    },
  );
  metrics.restored('watch', name, taken);
  if (taken === 'absent' || taken === 'none') return;
  if (!fits) log.info('state was made by another configuration and is left behind', { watch: name, path: file });
  else if (taken === 'newest') log.info('state taken up', { watch: name, series: watch.series.size });
  else log.warn('the state before the newest is taken up, what came after it is read back', { watch: name, series: watch.series.size });
}
