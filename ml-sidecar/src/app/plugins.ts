import { isDeepStrictEqual } from 'node:util';
import { UsageError } from '@presage/service/command-line.ts';
import { errorText, type Logger } from '@presage/service/log.ts';
import type { Configuration, ModelSettings, WatchSettings } from '../configuration/configuration.ts';
import { PluginHost, type HostOptions } from '../plugins/host.ts';
import { MissingPackage } from '../plugins/plugin.ts';
import type { RemoteFits } from '../watch/watched-series.ts';
import { createPluginFits } from './plugin-fits.ts';
import type { SelfMetrics } from './self-metrics.ts';

/** The models of a configuration that run as plug-ins: those that a watch names, and no other. */
export interface Plugins {
  /** By name. */
  readonly models: ReadonlyMap<string, RunningModel>;
  /**
   * Loads those that do not run already. Rejects with a UsageError that names the line to install a package that is missing; what else
   * is wrong is logged and told at each series, or with `strict` named by that error, too.
   */
  load(how?: 'strict'): Promise<void>;
  /** Who makes the fits of a watch, until the signal; nothing where its forecaster is one of our own. */
  fitsOf(settings: WatchSettings, signal: AbortSignal): RemoteFits | undefined;
  /** Ends all of them but those that `other` has, too. */
  close(other?: Pick<Plugins, 'models'>): Promise<void>;
}

/** A model and the worker that it runs in. */
export interface RunningModel {
  readonly settings: ModelSettings;
  readonly host: PluginHost;
}

/** Prepares the plug-ins; those that `before` runs with the same settings are taken over, none else is loaded yet. */
export function createPlugins(
  configuration: Configuration,
  options: HostOptions,
  log: Logger,
  metrics: SelfMetrics,
  before?: Pick<Plugins, 'models'>,
): Plugins {
  const models = modelsOf(configuration, options, before?.models);
  return {
    models,
    async load(how) {
      const faults: string[] = [];
      for (const [name, { host }] of models) {
        const fault = before?.models.get(name)?.host === host ? undefined : await faultOf(host);
        if (fault instanceof MissingPackage) throw new UsageError(fault.message, { cause: fault });
        if (fault === undefined) continue;
        faults.push(`forecaster ${name}: ${errorText(fault)}`);
        log.error('plug-in cannot be loaded', { model: name, err: errorText(fault) });
      }
      if (how === 'strict' && faults.length > 0) throw new UsageError(faults.join('\n'));
    },
    fitsOf({ name, forecaster }, signal) {
      const host = models.get(forecaster)?.host;
      return host && createPluginFits({ watch: name, host, log, metrics, clock: options.clock, signal });
    },
    async close(other) {
      const kept = new Set([...(other?.models.values() ?? [])].map(({ host }) => host));
      await Promise.all([...models.values()].flatMap(({ host }) => (kept.has(host) ? [] : host.close())));
    },
  };
}

/** What is wrong with the plug-ins of a configuration, a line each; nothing where all of them load. */
export async function checkPlugins(configuration: Configuration, options: HostOptions): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { host } of modelsOf(configuration, options).values()) {
    const fault = await faultOf(host);
    if (fault !== undefined) lines.push(`forecaster ${host.name}: ${errorText(fault)}`);
    await host.close();
  }
  return lines;
}

function modelsOf(
  { models = [], watches }: Configuration,
  options: HostOptions,
  before?: Plugins['models'],
): ReadonlyMap<string, RunningModel> {
  const used = models.filter(({ name }) => watches.some(({ forecaster }) => forecaster === name));
  return new Map(
    used.map((settings) => {
      const running = before?.get(settings.name);
      const same = running !== undefined && isDeepStrictEqual(running.settings, settings);
      return [settings.name, same ? running : { settings, host: new PluginHost(settings, options) }];
    }),
  );
}

async function faultOf(host: PluginHost): Promise<unknown> {
  try {
    await host.load();
    return undefined;
  } catch (error) {
    return error;
  }
}
