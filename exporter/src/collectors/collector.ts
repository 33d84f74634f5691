import type { FlagSchema, FlagValues } from '@presage/service/flags.ts';
import type { Logger } from '@presage/service/log.ts';
import type { Host } from '../host/host.ts';
import type { Deadline } from '../scrape/deadline.ts';
import type { SourceName } from '../sampler/sources.ts';
import type { Sink } from '../scrape/sink.ts';

/**
 * What runs at each scrape: reads the host, writes to the sink. What it throws makes `node_scrape_collector_success` 0; what it wrote
 * before is still served. Synchronous unless something may hang, and that goes through `host.helper` and ends before the deadline.
 */
export type Collect = (host: Host, sink: Sink, deadline: Deadline) => void | Promise<void>;

/** One source of metrics, in a file of its name, listed in collectors/index.ts. Made by `defineCollector`. */
export interface Collector {
  /** As in `--collector.NAME`. */
  readonly name: string;
  /** What it shows, for --help: completes "Collect …". */
  readonly help: string;
  /** Its own flags by their full names: `collector.NAME.OPTION`. */
  readonly flags: FlagSchema;
  /** What must be sampled in the background for it; none for what is read from files. */
  readonly sources: readonly SourceName[];
  /** Called once at the start with the values of its flags; state that lasts lives in the closure. Throws UsageError. */
  start(values: object, log: Logger): Collect;
}

/** What a collector's file declares. */
export interface CollectorDefinition<S extends FlagSchema> {
  readonly name: string;
  readonly help: string;
  readonly flags?: S;
  readonly sources?: readonly SourceName[];
  start(values: FlagValues<S>, log: Logger): Collect;
}

/** The thing absent that makes a collector inapplicable on this host: success 0 as in node_exporter, logged at debug only. */
export class NoData extends Error {
  override readonly name = 'NoData';

  /** Without a stack, which nobody reads and which would take 20 µs at every scrape of every collector that does not apply. */
  constructor(message: string) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = limit;
  }
}

/** Ties a collector's flags to the types of their values. */
export function defineCollector<S extends FlagSchema>(definition: CollectorDefinition<S>): Collector {
  const { name, help, sources = [] } = definition;
  const flags: FlagSchema = definition.flags ?? {};
  return {
    name,
    help,
    flags,
    sources,
    start: (values, log) => {
      if (!hasValues<S>(flags, values)) throw new Error(`collector ${name}: started without the values of its flags`);
      return definition.start(values, log);
    },
  };
}

/** Each value came out of the flag under the same key, so having every key is having every type. */
function hasValues<S extends FlagSchema>(flags: FlagSchema, values: object): values is FlagValues<S> {
  return Object.keys(flags).every((key) => Object.hasOwn(values, key));
}
