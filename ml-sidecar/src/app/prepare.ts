import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { Tokens } from '@presage/service/web.ts';
import type { Configuration, ModelSettings, WatchSettings } from '../configuration/configuration.ts';
import type { Endpoint } from '../prometheus/transport.ts';
import type { SeriesShape } from '../watch/watched-series.ts';
import { readTokens } from './api-tokens.ts';
import { readHolidays } from './holidays.ts';
import type { Plugins } from './plugins.ts';
import { endpointOf } from './prometheus-link.ts';
import { shapeOf } from './shape.ts';
import { type Queues, readQueues } from './transports.ts';

/**
 * A configuration with all that it names read and loaded, and nothing running by it yet. A part that says the same as that of the
 * configuration before is the very same object: what runs by it may go on.
 */
export interface Prepared {
  readonly configuration: Configuration;
  readonly endpoint: PreparedEndpoint;
  readonly queues: Queues;
  readonly tokens: Tokens | undefined;
  readonly plugins: Plugins;
  /** In the order of the configuration. */
  readonly plans: readonly WatchPlan[];
}

/** Where Prometheus is, credentials included, and how it is asked. Seconds. */
export interface PreparedEndpoint extends Endpoint {
  readonly timeoutSeconds: number;
  readonly concurrency: number;
}

/** One watch to run. */
export interface WatchPlan {
  readonly settings: WatchSettings;
  readonly shape: SeriesShape;
  /** All that it is made of. */
  readonly from: PlanSource;
}

interface PlanSource {
  readonly settings: WatchSettings;
  readonly quantiles: readonly number[];
  readonly calendar: string | undefined;
  readonly model: ModelSettings | undefined;
}

export interface PrepareOptions {
  /** Unix seconds. */
  readonly now: number;
  /** The plug-ins of the configuration; those that run already under `before` are taken over. */
  readonly pluginsOf: (configuration: Configuration, before: Plugins | undefined) => Plugins;
  /** What runs now; nothing at the start, where a plug-in that cannot be loaded is told at its series and ends nothing. */
  readonly before?: Prepared;
}

/** Reads secrets and calendars and loads plug-ins. Rejects with a UsageError that tells what is wrong; then nothing has changed. */
export async function prepare(configuration: Configuration, options: PrepareOptions): Promise<Prepared> {
  const { before, now } = options;
  const { prometheus, gauges, transports = {} } = configuration;
  const endpoint: PreparedEndpoint = {
    ...endpointOf(prometheus),
    timeoutSeconds: prometheus.timeout,
    concurrency: prometheus.concurrency,
  };
  const queues = readQueues(transports);
  const tokens = configuration.api && readTokens(configuration.api);
  const calendars = new Map<string, string>();
  const holidays = readHolidays(configuration.watches, now, (path) => {
    const text = readFileSync(path, 'utf8');
    calendars.set(path, text);
    return text;
  });
  const plugins = options.pluginsOf(configuration, before?.plugins);
  try {
    await plugins.load(before && 'strict');
    const plans = configuration.watches.map((settings): WatchPlan => {
      const { name, forecaster, holidays: path = '' } = settings;
      const model = plugins.models.get(forecaster)?.settings;
      const from: PlanSource = { settings, quantiles: gauges.quantiles, calendar: calendars.get(path), model };
      const running = before?.plans.find((plan) => plan.settings.name === name);
      if (running && isDeepStrictEqual(running.from, from)) return running;
      return { settings, shape: shapeOf(settings, gauges, holidays.get(path)), from };
    });
    return { configuration, endpoint: same(before?.endpoint, endpoint), queues: same(before?.queues, queues), tokens, plugins, plans };
  } catch (error) {
    await plugins.close(before?.plugins);
    throw error;
  }
}

function same<T>(before: T | undefined, now: T): T {
  return before !== undefined && isDeepStrictEqual(before, now) ? before : now;
}
