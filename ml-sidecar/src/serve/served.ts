import type { ApiSettings } from '../configuration/api.ts';
import type { GaugeSettings } from '../configuration/configuration.ts';
import type { WriteReceiver } from '../prometheus/remote-write.ts';
import type { Hosts } from '../watch/hosts.ts';
import type { ScoredSample } from '../watch/live-watch.ts';
import type { Watch } from '../watch/watch.ts';
import type { DryRun } from './dry-run.ts';
import type { Reload } from './reload.ts';
import type { PageFiles } from './page-files.ts';

/** How one watch is doing, beside what it knows. */
export interface WatchHealth {
  /** Whether the last query of the watch succeeded; undefined before the first. */
  readonly up: boolean | undefined;
  /** Why it did not, in words. */
  readonly fault: string | undefined;
  /** Unix seconds of the last query that succeeded. */
  readonly lastSuccess: number | undefined;
}

/** What the endpoints show. Handed in by the app; nothing here changes it. */
export interface Served {
  readonly version: string;
  readonly gauges: GaugeSettings;
  readonly watches: readonly { readonly watch: Watch; readonly health: WatchHealth }[];
  /** Scores of whole hosts; absent where no watch can speak for them. */
  readonly hosts?: Hosts | undefined;
  /** Takes live samples. */
  readonly receiver: Pick<WriteReceiver, 'receive'>;
  /** Calls the listener for every value that is scored, until the function that it gives is called. */
  readonly onScores: (listener: (sample: ScoredSample) => void) => () => void;
  /** Saves the state of a watch now, as something was said that no replay would bring back. */
  readonly keep?: (watch: Watch) => Promise<void> | void;
  /** Unix seconds. */
  readonly now: () => number;
  /** Whether every watch has tried its first query. */
  readonly ready: () => boolean;
  /** Presage's own health in text format. */
  readonly selfMetrics: () => Promise<string>;
  /** Tries a watch out; absent where nothing can be tried. */
  readonly dryRun?: DryRun;
  /** The built page; absent where it was not built. */
  readonly page?: PageFiles;
  /** Told of what a request of the API threw. */
  readonly failed?: (error: unknown) => void;
  /** Reads the configuration again, and tells what changed or every fault; absent where it cannot be. */
  readonly reload?: Reload;
  /** Who may do what; absent: by the defaults. */
  readonly access?: ApiSettings | undefined;
  /** Ends what would go on for ever: the listeners of events. */
  readonly signal?: AbortSignal;
}
