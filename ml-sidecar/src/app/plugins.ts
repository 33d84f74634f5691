import { UsageError } from '@presage/service/command-line.ts';
import { errorText, type Logger } from '@presage/service/log.ts';
import type { Configuration, WatchSettings } from '../configuration/configuration.ts';
import { PluginHost, type HostOptions } from '../plugins/host.ts';
import { MissingPackage } from '../plugins/plugin.ts';
import type { RemoteFits } from '../watch/watched-series.ts';
import { createPluginFits } from './plugin-fits.ts';
import type { SelfMetrics } from './self-metrics.ts';

/** The models of a configuration that run as plug-ins: those that a watch names, and no other. */
export interface Plugins {
  /**
   * Loads all of them. Rejects with a UsageError that names the line to install a package that is missing; what else is wrong is logged
   * and told at each series.
   */
  load(): Promise<void>;
  /** Who makes the fits of a watch; nothing where its forecaster is one of our own. */
  fitsOf(settings: WatchSettings): RemoteFits | undefined;
  close(): Promise<void>;
}

/** Prepares the plug-ins; none is loaded yet. */
export function createPlugins(configuration: Configuration, options: HostOptions, log: Logger, metrics: SelfMetrics): Plugins {
  const hosts = hostsOf(configuration, options);
  return {
    async load() {
      for (const host of hosts.values()) {
        const fault = await faultOf(host);
        if (fault instanceof MissingPackage) throw new UsageError(fault.message, { cause: fault });
        if (fault !== undefined) log.error('plug-in cannot be loaded', { model: host.name, err: errorText(fault) });
      }
    },
    fitsOf({ name, forecaster }) {
      const host = hosts.get(forecaster);
      return host && createPluginFits({ watch: name, host, log, metrics, clock: options.clock });
    },
    close: async () => void (await Promise.all([...hosts.values()].map((host) => host.close()))),
  };
}

/** What is wrong with the plug-ins of a configuration, a line each; nothing where all of them load. */
export async function checkPlugins(configuration: Configuration, options: HostOptions): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const host of hostsOf(configuration, options).values()) {
    const fault = await faultOf(host);
    if (fault !== undefined) lines.push(`forecaster ${host.name}: ${errorText(fault)}`);
    await host.close();
  }
  return lines;
}

function hostsOf({ models = [], watches }: Configuration, options: HostOptions): ReadonlyMap<string, PluginHost> {
  const used = models.filter(({ name }) => watches.some(({ forecaster }) => forecaster === name));
  return new Map(used.map((model) => [model.name, new PluginHost(model, options)]));
}

async function faultOf(host: PluginHost): Promise<unknown> {
  try {
    await host.load();
    return undefined;
  } catch (error) {
    return error;
  }
}
