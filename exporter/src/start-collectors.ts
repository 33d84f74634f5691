import { UsageError } from '@presage/service/command-line.ts';
import type { Logger } from '@presage/service/log.ts';
import type { PlatformCollectors } from './collectors/platforms.ts';
import { switchName } from './flags.ts';
import type { SourceName } from './sampler/sources.ts';
import type { StartedCollector } from './scrape/runner.ts';

/** The collectors of a run, and what must be sampled for them. */
export interface Started {
  readonly started: readonly StartedCollector[];
  readonly sources: readonly SourceName[];
}

/**
 * Starts the collectors that are on: by their own switch, else by default unless defaults are off. `values` holds a group of flag values
 * for each collector. Throws UsageError, for a collector too that is switched on where it does not exist.
 */
export function startCollectors(
  values: Readonly<Record<string, unknown>>,
  disableDefaults: boolean,
  log: Logger,
  { system, listed, elsewhere }: PlatformCollectors,
): Started {
  const stranger = elsewhere.find(({ collector: { name } }) => switched(name, ownValues(values, name)) === true);
  if (stranger !== undefined) {
    const names = listed.map(({ collector }) => collector.name).join(', ');
    throw new UsageError(`--${switchName(stranger.collector.name)}: got a collector that ${system} does not have, want one of ${names}`);
  }
  const on = listed.filter(
    (each) => switched(each.collector.name, ownValues(values, each.collector.name)) ?? (each.on && !disableDefaults),
  );
  return {
    started: on.map(({ collector }) => ({
      name: collector.name,
      collect: collector.start(ownValues(values, collector.name), log.with({ collector: collector.name })),
    })),
    sources: [...new Set(on.flatMap(({ collector }) => collector.sources))],
  };
}

function ownValues(values: Readonly<Record<string, unknown>>, collector: string): object {
  const own = values[collector];
  if (typeof own !== 'object' || own === null) throw new Error(`collector ${collector}: no values of its flags`);
  return own;
}

/** Whether the user switched a collector on or off; undefined where nothing was said. */
function switched(collector: string, own: object): boolean | undefined {
  const given: unknown = new Map<string, unknown>(Object.entries(own)).get(switchName(collector));
  return typeof given === 'boolean' ? given : undefined;
}
