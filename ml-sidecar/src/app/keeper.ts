import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '@presage/service/command-line.ts';
import { errorText, type Logger } from '@presage/service/log.ts';
import { takeNewest } from '../storage/generations.ts';
import { writeStateFileGently } from '../storage/gentle-state-file.ts';
import { writeStateFile } from '../storage/state-file.ts';
import { createGivingWay } from '../watch/lanes.ts';
import { restoreSnapshot, snapshotInPieces, takeSnapshot } from '../watch/snapshot.ts';
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
  /** The same of one that is due, little by little. A watch stands still until this resolves; never rejects. */
  saveInTurn(watch: Watch): Promise<void>;
}

/** Where state is kept, and how often. */
export interface Keeping {
  readonly path: string;
  /** Seconds between two saves of one watch: what a crash costs in work, not in results. */
  readonly saveInterval: number;
}

/** The time, and how others get theirs. */
export interface Turns {
  /** Monotonic seconds. */
  readonly clock: () => number;
  /** Lets what waits in the event loop run. */
  readonly pause: () => Promise<void>;
}

/** Prepares the folder. Throws a UsageError where it cannot be written. */
export function createKeeper({ path, saveInterval }: Keeping, { clock, pause }: Turns, log: Logger, metrics: SelfMetrics): Keeper {
  const folder = preparedFolder(path);
  const fileOf = (watch: Watch) => join(folder, `${watch.settings.name}.state`);
  const modelOf = (watch: Watch) => join(folder, `${watch.settings.name}.model`);
  const savedAt = new WeakMap<Watch, number>();
  const hostsFile = join(path, 'hosts.state');
  let hosts: Hosts | undefined;
  const isDue = (watch: Watch, started: number): boolean => !(started - (savedAt.get(watch) ?? -Infinity) < saveInterval);
  const noted = (watch: Watch, started: number, error?: unknown): void =>
    noteSave(watch, fileOf(watch), clock() - started, error, { log, metrics });
  const saveNow = (watch: Watch): void => {
    const started = clock();
    // After a failure, too: a full disk is not asked again at every step.
    savedAt.set(watch, started);
    try {
      // Before the watch, so that what its series have said and no host has heard yet is in one of the two.
      if (hosts) writeStateFile(hostsFile, hosts.snapshot());
      writeStateFile(fileOf(watch), takeSnapshot(watch));
      saveModel(watch, modelOf(watch));
      noted(watch, started);
    } catch (error) {
      noted(watch, started, error);
    }
  };
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
      if (when === 'now' || isDue(watch, clock())) saveNow(watch);
    },
    async saveInTurn(watch) {
      const started = clock();
      if (!isDue(watch, started)) return;
      // Live samples and plug-ins do not wait: of these what is saved must be of one moment.
      if (watch.shape.resolution !== undefined || watch.remote) return saveNow(watch);
      savedAt.set(watch, started);
      const giveWay = createGivingWay(pause, clock);
      try {
        if (hosts) writeStateFile(hostsFile, hosts.snapshot());
        await writeStateFileGently(fileOf(watch), snapshotInPieces(watch), giveWay, () => savedAt.get(watch) === started);
        saveModel(watch, modelOf(watch));
        noted(watch, started);
      } catch (error) {
        noted(watch, started, error);
      }
    },
  };
}

/** The folder of the watches, made where it is missing. Throws a UsageError where it cannot be written. */
function preparedFolder(path: string): string {
  const folder = join(path, 'watches');
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new UsageError(`--storage.path: got ${JSON.stringify(path)} (${errorText(error)}), want a folder that can be written`, {
      cause: error,
    });
  }
  return folder;
}

/** Counts and logs what became of a save that took `seconds`. */
function noteSave(
  { settings: { name } }: Watch,
  path: string,
  seconds: number,
  error: unknown,
  { log, metrics }: { readonly log: Logger; readonly metrics: SelfMetrics },
): void {
  metrics.saved(name, error === undefined ? 'success' : 'failure', seconds);
  if (error !== undefined) log.error('state cannot be saved', { watch: name, path, err: errorText(error) });
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
