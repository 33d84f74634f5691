import type { Series } from '../stats/series.ts';

/** Settings of a model that runs as a plug-in. */
export interface PluginSettings {
  /** As watches name it. */
  readonly name: string;
  /** Which of the plug-ins of `plugins/index.ts`. */
  readonly plugin: string;
  /** What it loads: a module, a manifest. */
  readonly file?: string;
  /** Longest time for one series, seconds. */
  readonly timeout: number;
  /** Largest JavaScript heap of the worker, MiB. */
  readonly memory: number;
}

/** A way to load a model that is not our own. Listed in `plugins/index.ts`. */
export interface PluginKind {
  /** As users write it. */
  readonly name: string;
  /** Whether `file` must be given, may be, or must not. */
  readonly file: 'needed' | 'optional' | 'none';
  /** Packages that the user installs for it. */
  readonly packages: readonly string[];
  /**
   * Makes it ready, in the worker; `file` as configured. Throws a MissingPackage where one is not installed, and an Error that
   * says what is wrong with the file.
   */
  load(file: string): Promise<PluginModel>;
}

/** A model that is ready. Runs in a worker: what it throws, or how long it takes, harms one series alone. */
export interface PluginModel {
  /** Fewest finite values that it accepts. */
  readonly minSamples: number;
  /**
   * One row for each of `levels` (ascending), each with a value for the `steps` grid times after the end of `series`. Values are
   * finite or gaps (NaN), all of weight 1, times in UTC. What it gives is checked by who calls.
   */
  forecast(series: Series, steps: number, levels: readonly number[]): Promise<readonly ArrayLike<number>[]>;
}

/** A package that a plug-in needs is not installed. */
export class MissingPackage extends Error {}

/** Imports a package by `load`; says which to install where it is not there. */
export async function imported<T>(plugin: string, packages: readonly string[], load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const missing =
      error instanceof Error && 'code' in error && (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND');
    if (!missing || !packages.some((name) => error.message.includes(name))) throw error;
    throw new MissingPackage(`plug-in ${plugin}: got no package ${packages.join(' and ')}, want: npm i ${packages.join(' ')}`, {
      cause: error,
    });
  }
}
