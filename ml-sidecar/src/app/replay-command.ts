import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, UsageError, type Command } from '@presage/service/command-line.ts';
import { booleanFlag, durationFlag, listFlag, stringFlag } from '@presage/service/flags.ts';
import { errorText } from '@presage/service/log.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { openDataFolder } from '../evaluate/data-folder.ts';
import type { PrometheusClient } from '../prometheus/client.ts';
import { PrometheusError } from '../prometheus/prometheus-error.ts';
import { labelledIncidents, writeFolder } from '../replay/folder-source.ts';
import { type Processes, takeWorkFolder, WorkFolderError } from '../replay/leftovers.ts';
import { type Incident, IncidentFileError, parseIncidents } from '../replay/incidents.ts';
import { evaluationStep, replay, ReplayError, type ReplayOptions } from '../replay/replay.ts';
import { RawSamplesError } from '../replay/raw-samples.ts';
import { replayPage } from '../replay/report-page.ts';
import { replayJson, replayTable } from '../replay/report.ts';
import { parseRuleFiles, RuleFileError, type RuleSet } from '../replay/rule-file.ts';
import { createStore, type Store, StoreError } from '../replay/store.ts';
import { readGrid } from './history.ts';
import { momentOf } from './moment.ts';
import { shapeOf } from './shape.ts';

/** What the command needs of the program around it. */
export interface ReplayWorld {
  readonly configurationAt: (path: string) => Configuration;
  readonly clientOf: (configuration: Configuration) => PrometheusClient;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Unix seconds. */
  readonly now: () => number;
  readonly sleep: (seconds: number) => Promise<void>;
  readonly random: () => number;
  readonly pause: () => Promise<void>;
  /** Monotonic seconds. */
  readonly clock: () => number;
  readonly print: (text: string) => void;
  /** Text beside the report. */
  readonly warn: (text: string) => void;
  readonly processes: Processes;
  /** Aborted when the user asks to stop. */
  readonly interruption: () => AbortSignal;
  /** One line of progress that the next one replaces; empty to clear it. */
  readonly progress: (line: string) => void;
}

const flags = {
  'config.file': stringFlag({ help: 'Path of the configuration file.', default: 'presage.yml' }),
  rules: listFlag({
    help: 'A set of rules to judge, NAME=PATH: a rule file, or a folder of them; several paths with commas. Give it again to compare.',
  }),
  from: stringFlag({
    help: 'Begin: a date such as 2026-11-01, a time with zone, Unix seconds, or a span before now such as -14d.',
    default: '-14d',
  }),
  to: stringFlag({ help: 'End, in the same forms.', default: 'now' }),
  data: stringFlag({ help: 'Data folder with an index.json to replay instead of the Prometheus of the configuration.' }),
  incidents: stringFlag({
    help: 'File of known incidents (YAML or JSON): labels, start and end in Unix seconds, optional kind, hurt, foreseeable.',
  }),
  limits: booleanFlag({ help: 'Count a limit of a watch that was really passed for 15 minutes as an incident.', default: true }),
  foresight: durationFlag({ help: 'How long before a limit is passed an alert of it is right.', default: 86_400 }),
  work: stringFlag({ help: 'Folder for what is worked out; a replay that was broken off goes on from it.', default: './replay' }),
  checkpoint: durationFlag({
    help: 'How often what was walked is kept; a replay that is broken off loses no more than that.',
    default: 15,
  }),
  html: stringFlag({ help: 'File for the report as a page with pictures.' }),
  json: stringFlag({ help: 'File for the report as JSON.' }),
  'prometheus.binary': stringFlag({ help: 'Prometheus with which the rules are evaluated.', default: 'prometheus' }),
  'promtool.binary': stringFlag({ help: 'The promtool of that Prometheus.', default: 'promtool' }),
} as const;

type Values = Parameters<Parameters<typeof command<typeof flags>>[0]['run']>[0];

/** `presage replay`: what sets of rules would have told over stored history, and how long before. */
export function replayCommand(world: ReplayWorld): Command {
  return command({
    help: 'Walk through stored history as if live, and show which alerts sets of rules would have fired, false ones and missed ones included.',
    flags,
    run: async (values) => {
      const stop = world.interruption();
      try {
        return await run(values, world, stop);
      } catch (error) {
        if (stop.aborted) {
          world.progress('');
          world.warn(`broken off; the same command goes on from what is in ${values.work}\n`);
          return INTERRUPTED;
        }
        const known = [ReplayError, RawSamplesError, RuleFileError, IncidentFileError, StoreError, PrometheusError].some(
          (kind) => error instanceof kind,
        );
        if (error instanceof WorkFolderError) throw new UsageError(`--work: ${errorText(error)}`, { cause: error });
        if (known) throw new UsageError(errorText(error), { cause: error });
        throw error;
      } finally {
        world.progress('');
      }
    },
  });
}

/** What a shell gives a program that was interrupted. */
const INTERRUPTED = 130;

async function run(values: Values, world: ReplayWorld, stop: AbortSignal): Promise<number> {
  const configuration = world.configurationAt(values['config.file']);
  const ruleSets = values.rules.map(readRuleSet);
  if (ruleSets.length === 0) throw new UsageError('--rules: got none, want at least one, as --rules presage=rules/limits.yml');
  mkdirSync(values.work, { recursive: true });
  const giveBack = takeWorkFolder(values.work, world.processes);
  const store = createStore({
    folder: join(values.work, `store-${Math.floor(world.random() * 1e9).toString(36)}`),
    prometheus: { path: values['prometheus.binary'] },
    promtool: { path: values['promtool.binary'] },
    environment: world.environment,
    lookback: evaluationStep(configuration) + 1,
    sleep: world.sleep,
    random: world.random,
  });
  try {
    const source = values.data === '' ? fromPrometheus(configuration, world) : await fromFolder(values, configuration, store);
    const known = values.incidents === '' ? [] : parseIncidents(values.incidents, readText('--incidents', values.incidents));
    const from = values.data === '' || values.from !== '-14d' ? momentOf('--from', values.from, world.now()) : source.from;
    const to = values.data === '' || values.to !== 'now' ? momentOf('--to', values.to, world.now()) : source.to;
    if (!(from < to)) throw new UsageError(`--from: got ${values.from}, want a time before --to`);
    const result = await replay({
      configuration,
      ruleSets,
      from,
      to,
      store,
      ...(source.source ? { source: source.source } : {}),
      work: values.work,
      incidents: [...known, ...source.incidents],
      limitsCount: values.limits,
      foresight: values.foresight,
      readGrid: source.readGrid,
      shapeOf: (settings) => shapeOf(settings, configuration.gauges),
      pause: async () => {
        await world.pause();
        stop.throwIfAborted();
      },
      clock: world.clock,
      checkpoint: values.checkpoint,
      progress: (what, done, all) => {
        stop.throwIfAborted();
        world.progress(`${bar(done / all)} ${what}`);
      },
    });
    world.progress('');
    world.print(`${replayTable(result)}\n`);
    if (values.html !== '') writeFileSync(values.html, replayPage(result));
    if (values.json !== '') writeFileSync(values.json, replayJson(result));
    return 0;
  } finally {
    await store.stop();
    store.remove();
    giveBack();
  }
}

interface Source extends Pick<ReplayOptions, 'source' | 'readGrid'> {
  readonly incidents: readonly Incident[];
  /** The span that is there, Unix seconds. */
  readonly from: number;
  readonly to: number;
}

function fromPrometheus(configuration: Configuration, world: ReplayWorld): Source {
  const client = world.clientOf(configuration);
  return {
    source: client,
    readGrid: async (settings, from, to) => (await readGrid(client, settings, from, to)).matrix,
    incidents: [],
    from: 0,
    to: 0,
  };
}

/** Loads a data folder into the store and asks that; the first history of the watches is for learning. */
async function fromFolder(values: Values, configuration: Configuration, store: Store): Promise<Source> {
  const read = (path: string): Uint8Array => readFileSync(join(values.data, path));
  const file = join(values.work, 'data.openmetrics');
  let span: { readonly start: number; readonly end: number };
  let incidents: readonly Incident[];
  try {
    const folder = openDataFolder(read);
    const batch = store.batch(file);
    span = writeFolder(folder, batch, evaluationStep(configuration));
    batch.close();
    incidents = labelledIncidents(JSON.parse(new TextDecoder().decode(read('index.json'))));
  } catch (error) {
    throw new UsageError(`--data: got ${JSON.stringify(values.data)} (${errorText(error)}), want a data folder with an index.json`, {
      cause: error,
    });
  }
  await store.load([file]);
  const history = Math.max(...configuration.watches.map((watch) => watch.history));
  return {
    readGrid: async (settings, from, to) => (await readGrid(store.client, settings, from, to)).matrix,
    incidents,
    from: Math.min(span.start + history, (span.start + span.end) / 2),
    to: span.end,
  };
}

function readRuleSet(text: string): RuleSet {
  const [, name, paths] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined) throw new UsageError(`--rules: got ${JSON.stringify(text)}, want NAME=PATH, as static=rules/node.yml`);
  const files = paths.split(',').flatMap((path) => (isFolder(path) ? rulesIn(path) : [path]));
  return parseRuleFiles(
    name,
    files.map((path) => ({ path, text: readText('--rules', path) })),
  );
}

function rulesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((file) => /\.ya?ml$/.test(file))
    .sort()
    .map((file) => join(folder, file));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function readText(flag: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${flag}: got ${JSON.stringify(path)} (${errorText(error)}), want a file that can be read`, { cause: error });
  }
}

function bar(share: number): string {
  const full = Math.round(Math.max(0, Math.min(1, share)) * 24);
  return `[${'#'.repeat(full)}${'.'.repeat(24 - full)}] ${String(Math.floor(share * 100)).padStart(3)} %`;
}
