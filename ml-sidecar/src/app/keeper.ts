import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '@presage/service/command-line.ts';
import { atOnce, createGivingWay, gently, type GiveWay } from '@presage/service/giving-way.ts';
import { errorText, type Logger } from '@presage/service/log.ts';
import { takeNewest } from '../storage/generations.ts';
import { prepareStateFile, writeStateFile } from '../storage/state-file.ts';
import { oneAtATime } from '../watch/lanes.ts';
import { restoreInSteps, snapshotInSteps } from '../watch/snapshot.ts';
import type { Hosts } from '../watch/hosts.ts';
import type { Watch } from '../watch/watch.ts';
import { restoreHosts } from './hosts.ts';
import { restoreModel, saveModel } from './model-file.ts';
import type { SelfMetrics } from './self-metrics.ts';

/** Keeps the state of the watches in one folder. */
export interface Keeper {
  /** Fills an empty watch from its newest whole file, if that fits, giving way. Says and counts what it did. */
  restore(watch: Watch): Promise<void>;
  /**
   * Takes up the state of the hosts: that of those `before` them, or their file, which is waited for. From then on saves it with that
   * of the watches.
   */
  attach(hosts: Hosts | undefined, before?: Hosts): Promise<void> | undefined;
  /**
   * Saves a watch little by little if its last save is older than the save interval, or always with `now`; samples may come and fits
   * be taken up meanwhile. Never rejects: counts and logs.
   */
  save(watch: Watch, when?: 'due' | 'now'): Promise<void>;
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
export function createKeeper(keeping: Keeping, turns: Turns, log: Logger, metrics: SelfMetrics): Keeper {
  return new FolderKeeper(keeping, turns, log, metrics);
}

class FolderKeeper implements Keeper {
  readonly #folder: string;
  readonly #hostsFile: string;
  readonly #saveInterval: number;
  readonly #turns: Turns;
  readonly #log: Logger;
  readonly #metrics: SelfMetrics;
  readonly #savedAt = new WeakMap<Watch, number>();
  readonly #saves = new WeakMap<Watch, () => Promise<void>>();
  readonly #saveHosts = oneAtATime(() => this.#writeHosts());
  #hosts: Hosts | undefined;

  constructor({ path, saveInterval }: Keeping, turns: Turns, log: Logger, metrics: SelfMetrics) {
    this.#folder = preparedFolder(path);
    this.#hostsFile = join(path, 'hosts.state');
    this.#saveInterval = saveInterval;
    this.#turns = turns;
    this.#log = log;
    this.#metrics = metrics;
  }

  attach(hosts: Hosts | undefined, before?: Hosts): Promise<void> | undefined {
    this.#hosts = hosts;
    if (!hosts) return undefined;
    if (!before) return restoreHosts(hosts, this.#hostsFile, this.#givingWay(), { log: this.#log, metrics: this.#metrics });
    atOnce(hosts.restore(before.snapshot()));
    return undefined;
  }

  async restore(watch: Watch): Promise<void> {
    await restore(watch, this.#fileOf(watch), this.#givingWay(), { log: this.#log, metrics: this.#metrics });
    await restoreModel(watch, this.#fileOf(watch, 'model'), this.#log, this.#metrics);
  }

  async save(watch: Watch, when: 'due' | 'now' = 'due'): Promise<void> {
    if (when === 'due' && this.#turns.clock() - (this.#savedAt.get(watch) ?? -Infinity) < this.#saveInterval) return;
    const save = this.#saves.get(watch) ?? oneAtATime(() => this.#save(watch));
    this.#saves.set(watch, save);
    await save();
  }

  async #save(watch: Watch): Promise<void> {
    const { clock } = this.#turns;
    const started = clock();
    // After a failure, too: a full disk is not asked again at every step.
    this.#savedAt.set(watch, started);
    const { name } = watch.settings;
    try {
      await this.#write(watch);
      this.#metrics.saved(name, 'success', clock() - started);
    } catch (error) {
      this.#metrics.saved(name, 'failure', clock() - started);
      this.#log.error('state cannot be saved', { watch: name, path: this.#fileOf(watch), err: errorText(error) });
    }
  }

  async #write(watch: Watch): Promise<void> {
    const file = this.#fileOf(watch);
    const written = await prepareStateFile(file, `${file}.tmp`, snapshotInSteps(watch), this.#givingWay());
    try {
      // Taken after the watch and in its place before it: so what a series has said and no host has heard yet is in one of the two.
      await this.#saveHosts();
      await written.commit();
    } catch (error) {
      await written.drop();
      throw error;
    }
    await saveModel(watch, this.#fileOf(watch, 'model'));
  }

  async #writeHosts(): Promise<void> {
    if (this.#hosts) await writeStateFile(this.#hostsFile, this.#hosts.snapshot(), this.#givingWay());
  }

  #fileOf(watch: Watch, kind: 'state' | 'model' = 'state'): string {
    return join(this.#folder, `${watch.settings.name}.${kind}`);
  }

  #givingWay(): GiveWay {
    return createGivingWay(this.#turns.pause, this.#turns.clock);
  }
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

async function restore(
  watch: Watch,
  file: string,
  giveWay: GiveWay,
  { log, metrics }: { readonly log: Logger; readonly metrics: SelfMetrics },
): Promise<void> {
  const { name } = watch.settings;
  let fits = true;
  const clear = (): void => {
    watch.series.clear();
    watch.lastIndex = -Infinity;
  };
  const taken = await takeNewest(
    file,
    async (sections) => {
      clear();
      fits = await gently(restoreInSteps(watch, sections), giveWay);
    },
    ({ path, aside, err }) => {
      clear();
      log.warn('state cannot be read and is left behind', { watch: name, path, aside, err });
    },
  );
  metrics.restored('watch', name, taken);
  if (taken === 'absent' || taken === 'none') return;
  if (!fits) log.info('state was made by another configuration and is left behind', { watch: name, path: file });
  else if (taken === 'newest') log.info('state taken up', { watch: name, series: watch.series.size });
  else log.warn('the state before the newest is taken up, what came after it is read back', { watch: name, series: watch.series.size });
}
