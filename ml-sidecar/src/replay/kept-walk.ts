import { createHash } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { GaugeSettings, WatchSettings } from '../configuration/configuration.ts';
import { isGaugeName } from '../serve/metrics.ts';
import { StateFileError, type StateSection } from '../storage/section.ts';
import { onlySection, readStateFile, writeStateFile } from '../storage/state-file.ts';
import { restoreSnapshot, snapshotInSteps } from '../watch/snapshot.ts';
import { Watch, type GridValues } from '../watch/watch.ts';
import type { SeriesShape } from '../watch/watched-series.ts';
import { type ForecastLog, openForecastLog } from './forecast-log.ts';
import type { Batch, Store } from './store.ts';
import { walk } from './walk.ts';

/** A walk of one watch, and where what it gives is kept. */
export interface KeptWalkOptions {
  readonly settings: WatchSettings;
  readonly shape: SeriesShape;
  readonly gauges: GaugeSettings;
  /** Values of the grid indexes `fromIndex − historySteps` to `toIndex`, one array a series. */
  readonly matrix: readonly GridValues[];
  readonly fromIndex: number;
  readonly toIndex: number;
  /** Seconds between two evaluations of rules, at most the step. */
  readonly every: number;
  /** Names that rules read; those that are gauges are written. */
  readonly read: ReadonlySet<string>;
  /** Levels of presage_forecast that rules read; empty: none is kept. */
  readonly levels: readonly number[];
  readonly store: Store;
  /** Folder that outlives a replay. */
  readonly work: string;
  /** Monotonic seconds. */
  readonly clock: () => number;
  /** Seconds between two checkpoints. */
  readonly checkpoint: number;
  readonly pause: () => Promise<void>;
  readonly progress: (done: number, all: number) => void;
}

/** What a walk has left in the work folder. */
export interface KeptWalk {
  /** Samples of the gauges, to be loaded into a store. */
  readonly samples: string;
  /** The forecasts as they were issued; nothing where no rule reads them. */
  readonly forecasts: string | undefined;
}

/**
 * Walks a watch, or takes up what an earlier walk over the same values by the same settings has left: all of it, or the newest
 * checkpoint of one that was broken off. Either way the files are the same.
 */
export async function keptWalk(options: KeptWalkOptions): Promise<KeptWalk> {
  const { settings, shape, gauges, matrix, fromIndex, toIndex, work, levels } = options;
  const wanted = [...options.read].filter(isGaugeName).sort();
  const kept = join(work, `${settings.name}-${fingerprint([settings, gauges, wanted, levels, options.every, fromIndex, toIndex], matrix)}`);
  const files = { samples: `${kept}.openmetrics`, forecasts: levels.length > 0 ? `${kept}.forecasts` : undefined };
  if (existsSync(files.samples)) return files;
  const state = `${kept}.checkpoint`;
  const { watch, marks } = takeUp(new Watch(settings, shape), state);
  const batch = options.store.batch(`${files.samples}.part`, marks.samples);
  const log = files.forecasts === undefined ? undefined : openForecastLog(files.forecasts, settings, shape.levels, levels, marks.forecasts);
  let saved = options.clock();
  await walk(
    {
      watch,
      matrix,
      fromIndex,
      toIndex,
      gauges,
      every: options.every,
      wanted: new Set(wanted),
      pause: options.pause,
      stepped: async (index) => {
        options.progress(index - fromIndex + 1, toIndex - fromIndex + 1);
        if (options.clock() - saved < options.checkpoint || index === toIndex) return;
        await saveCheckpoint(watch, state, batch, log);
        saved = options.clock();
      },
      ...(log ? { forecast: log.add } : {}),
    },
    batch,
  );
  log?.close();
  batch.close();
  renameSync(`${files.samples}.part`, files.samples);
  // The checkpoint, the one before it, and the models beside them.
  for (const file of readdirSync(work).filter((name) => join(work, name).startsWith(state))) rmSync(join(work, file), { force: true });
  return files;
}

/** Changes with whatever changes what a walk gives. */
function fingerprint(settings: unknown, matrix: readonly GridValues[]): string {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  for (const { labels, values } of matrix) hash.update(JSON.stringify(labels)).update(values);
  return hash.digest('hex').slice(0, 16);
}

const markSchema = z.object({ samples: z.int().min(0), forecasts: z.int().min(0) });
const modelSchema = z.object({ model: z.string(), steps: z.int().min(0) });

/** How many bytes of each file belong to a checkpoint. */
interface Marks {
  readonly samples: number;
  readonly forecasts: number;
}

/** The model is written first: where a crash falls between the two, its file does not go with the state, and both are left. */
async function saveCheckpoint(watch: Watch, file: string, batch: Batch, log: ForecastLog | undefined): Promise<void> {
  const marks: Marks = { samples: batch.mark(), forecasts: log?.mark() ?? 0 };
  const { shared } = watch.shape;
  if (shared) {
    const { columns, ...header } = shared.snapshot();
    await writeStateFile(`${file}.model`, [{ header: { ...header, at: watch.lastIndex }, columns }]);
  }
  await writeStateFile(file, checkpoint(watch, marks));
}

function* checkpoint(watch: Watch, marks: Marks): Generator<StateSection> {
  yield { header: marks, columns: [] };
  yield* snapshotInSteps(watch);
}

/** The watch as it was at the checkpoint; empty where there is none, or none that fits. */
function takeUp({ settings, shape }: Watch, file: string): { readonly watch: Watch; readonly marks: Marks } {
  const anew = { watch: new Watch(settings, shape), marks: { samples: 0, forecasts: 0 } };
  try {
    const watch = new Watch(settings, shape);
    const [first, ...rest] = readStateFile(file) ?? [];
    const marks = markSchema.safeParse(first?.header);
    if (!marks.success || !restoreSnapshot(watch, rest) || !takeUpModel(watch, file)) return anew;
    return { watch, marks: marks.data };
  } catch (error) {
    if (error instanceof StateFileError || error instanceof RangeError) return anew;
    throw error;
  }
}

function takeUpModel(watch: Watch, file: string): boolean {
  const { shared } = watch.shape;
  if (!shared) return true;
  const sections = readStateFile(`${file}.model`);
  const content = sections && onlySection(sections);
  const header = modelSchema.extend({ at: z.number() }).safeParse(content?.header);
  if (content === undefined || !header.success || header.data.at !== watch.lastIndex) return false;
  return shared.restore({ ...header.data, columns: content.columns.filter((column) => column instanceof Float32Array) });
}
