import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, UsageError, type Command } from '@presage/service/command-line.ts';
import { choiceFlag, durationFlag, intFlag, stringFlag, type FlagValues } from '@presage/service/flags.ts';
import { formatDuration } from '@presage/service/duration.ts';
import { errorText } from '@presage/service/log.ts';
import type { WatchSettings } from '../configuration/configuration.ts';
import { parseConfiguration } from '../configuration/parse.ts';
import { detectors } from '../detectors/index.ts';
import { openDataFolder, seriesName } from '../evaluate/data-folder.ts';
import { forecasters } from '../forecasters/index.ts';
import { PrometheusError } from '../prometheus/prometheus-error.ts';
import { simulate, type ScalingOptions } from '../recommend/scaling.ts';
import { scalingText, type ScalingReport } from '../recommend/scaling-text.ts';
import { wishesOf } from '../recommend/scaling-wishes.ts';
import { quantileSorted } from '../stats/quantile.ts';
import { Watch, type GridValues } from '../watch/watch.ts';
import { readGrid } from './history.ts';
import { momentOf } from './moment.ts';
import type { RecommendWorld } from './recommend-command.ts';
import { shapeOf } from './shape.ts';

/** What the command needs of the program around it. */
export interface ScalingWorld extends RecommendWorld {
  readonly pause: () => Promise<void>;
}

const flags = {
  'config.file': stringFlag({ help: 'Path of the configuration file.', default: 'presage.yml' }),
  watch: stringFlag({ help: 'The watch whose values are the demand; the sum of its series where there are several.' }),
  data: stringFlag({ help: 'Data folder with an index.json to read instead of the Prometheus of the configuration.' }),
  series: stringFlag({ help: 'Series of the data folder that is the demand: ENTITY or ENTITY/METRIC.' }),
  from: stringFlag({
    help: 'Begin: a date, Unix seconds, or a span before now. Of a data folder: after two weeks, or its half.',
    default: '-14d',
  }),
  to: stringFlag({ help: 'End, in the same forms.', default: 'now' }),
  'per.replica': stringFlag({
    help: 'Demand that one replica serves when it is used wholly. Where not given, such that ten replicas would just serve 97.5 % of the time.',
  }),
  target: intFlag({ help: 'Per cent of a replica that is to be used.', default: 70, min: 10, max: 100 }),
  'start.up': durationFlag({ help: 'Time from the decision to a replica that serves.', default: 600 }),
  cooldown: durationFlag({ help: 'Time for which less must have been wanted before replicas are given up.', default: 600 }),
  quantile: choiceFlag(['0.5', '0.75', '0.9', '0.975'], { help: 'Quantile of the forecast to be ready for.', default: '0.9' }),
  least: intFlag({ help: 'Fewest replicas.', default: 2, min: 1 }),
  most: intFlag({ help: 'Most replicas.', default: 1000, min: 1 }),
  format: choiceFlag(['text', 'json'], { help: 'What to write: text for people, or JSON.', default: 'text' }),
} as const;

type Values = FlagValues<typeof flags>;

/** `presage recommend scaling`: what scaling by what is seen and by what is predicted would have cost and missed. */
export function recommendScalingCommand(world: ScalingWorld): Command {
  return command({
    help: 'Scale a service through its own past, by what was seen and by what was predicted then: replica-hours and minutes over capacity of both.',
    flags,
    run: async (values) => {
      try {
        const demand = values.data === '' ? await fromPrometheus(values, world) : fromFolder(values, world);
        const report = await scaled(demand, values, world);
        world.progress('');
        if (values.format === 'text') world.print(`${scalingText(report)}\n`);
        else world.print(`${JSON.stringify(report, (name, value: unknown) => (name === 'ready' ? undefined : value), 2)}\n`);
        return 0;
      } catch (error) {
        if (error instanceof PrometheusError) throw new UsageError(`prometheus.url: ${errorText(error)}`, { cause: error });
        throw error;
      } finally {
        world.progress('');
      }
    },
  });
}

/** A demand with what was before it. */
interface Demand {
  readonly name: string;
  readonly settings: WatchSettings;
  /** Values of the grid indexes `fromIndex − historySteps` to `toIndex`. */
  readonly values: GridValues;
  readonly fromIndex: number;
  readonly toIndex: number;
}

const horizons = { quantiles: [0.5], horizons: [] };

async function scaled(
  { name, settings, values, fromIndex, toIndex }: Demand,
  flagged: Values,
  world: ScalingWorld,
): Promise<ScalingReport> {
  const { step } = settings;
  const startUp = Math.ceil(flagged['start.up'] / step);
  if (startUp * step > settings.horizon)
    throw new UsageError(
      `--start.up: got ${formatDuration(flagged['start.up'])}, want at most the horizon of the watch, ${formatDuration(settings.horizon)}`,
    );
  const before = values.values.length - (toIndex - fromIndex + 1);
  const demand = values.values.subarray(before);
  const quantile = Number(flagged.quantile);
  const wishes = await wishesOf({
    watch: new Watch(settings, shapeOf(settings, horizons)),
    demand: values,
    fromIndex,
    toIndex,
    startUp,
    quantile,
    pause: world.pause,
    stepped: (done, all) => void (done % 16 === 0 && world.progress(`walking ${name}: ${Math.floor((100 * done) / all)} %`)),
  });
  const options: ScalingOptions = {
    step,
    perReplica: perReplicaOf(flagged['per.replica'], values.values),
    target: flagged.target / 100,
    startUp,
    cooldown: Math.ceil(flagged.cooldown / step),
    least: flagged.least,
    most: Math.max(flagged.least, flagged.most),
    tolerance: 0.1,
  };
  return {
    series: name,
    from: fromIndex * step,
    to: toIndex * step,
    options,
    quantile,
    believed: wishes.believed,
    reactive: simulate('reactive', demand, wishes.reactive, options),
    predictive: simulate('predictive', demand, wishes.predictive, options),
  };
}

function perReplicaOf(text: string, values: Float64Array): number {
  if (text === '') {
    const sorted = values.filter((value) => Number.isFinite(value)).sort();
    const usual = quantileSorted(sorted, sorted.length, 0.975);
    if (usual > 0) return usual / 10;
    throw new UsageError(`the demand: got ${usual} as what 97.5 % of it stays below, want more than 0`);
  }
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new UsageError(`--per.replica: got ${JSON.stringify(text)}, want a number above 0`);
}

async function fromPrometheus(values: Values, world: ScalingWorld): Promise<Demand> {
  const configuration = world.configurationAt(values['config.file']);
  const names = configuration.watches.map(({ name }) => name);
  const settings = configuration.watches.find(({ name }) => name === values.watch);
  if (settings === undefined)
    throw new UsageError(`--watch: got ${JSON.stringify(values.watch)}, want one of ${names.join(', ')}, or --data and --series`);
  const { step, history } = settings;
  const [fromIndex, toIndex] = rangeOf(values, step, world.now(), world.now() - settings.delay);
  const client = world.clientOf(configuration);
  const { matrix } = await readGrid(client, settings, fromIndex - Math.round(history / step), toIndex);
  if (matrix.length === 0) throw new UsageError(`--watch: got no series of ${values.watch} from --from to --to, want a demand`);
  return { name: values.watch, settings, values: { labels: {}, values: sumOf(matrix) }, fromIndex, toIndex };
}

function rangeOf(values: Values, step: number, now: number, last: number): readonly [number, number] {
  const from = Math.ceil(momentOf('--from', values.from, now) / step);
  const to = Math.floor(Math.min(momentOf('--to', values.to, now), last) / step);
  if (from >= to) throw new UsageError(`--from: got ${values.from}, want a time before --to`);
  return [from, to];
}

/** What all series make together; a gap where none has a value. */
function sumOf(matrix: readonly GridValues[]): Float64Array {
  const sum = new Float64Array(matrix[0].values.length).fill(NaN);
  for (const { values } of matrix) {
    for (let i = 0; i < sum.length; i++) {
      if (Number.isNaN(values[i])) continue;
      sum[i] = Number.isNaN(sum[i]) ? values[i] : sum[i] + values[i];
    }
  }
  return sum;
}

/** The demand from a data folder, averaged to five minutes or the step of the series. */
function fromFolder(values: Values, world: ScalingWorld): Demand {
  const { times, column, rowStep, names } = readColumn(values);
  if (column === undefined)
    throw new UsageError(`--series: got ${JSON.stringify(values.series)}, want one of ${names.slice(0, 8).join(', ')} …`);
  const settings = settingsFor(Math.max(300, rowStep));
  const { step, history } = settings;
  const [first, last] = [times[0], times[times.length - 1]];
  const begin = values.from === '-14d' ? Math.min(first + history, (first + last) / 2) : momentOf('--from', values.from, world.now());
  const end = values.to === 'now' ? last : momentOf('--to', values.to, world.now());
  const [fromIndex, toIndex] = rangeOf({ ...values, from: String(begin), to: String(end) }, step, world.now(), last);
  const start = fromIndex - Math.round(history / step);
  const length = toIndex - start + 1;
  const [sums, counts] = [new Float64Array(length), new Uint32Array(length)];
  for (let i = 0; i < times.length; i++) {
    const at = Math.ceil(times[i] / step) - start;
    if (!(at >= 0 && at < length) || Number.isNaN(column[i])) continue;
    sums[at] += column[i];
    counts[at]++;
  }
  const grid = sums.map((sum, i) => (counts[i] > 0 ? sum / counts[i] : NaN));
  return { name: values.series, settings, values: { labels: {}, values: grid }, fromIndex, toIndex };
}

function readColumn({ data, series }: Values) {
  try {
    const folder = openDataFolder((path) => readFileSync(join(data, path)));
    const all = folder.entities.flatMap((entity) => entity.metrics.map((metric) => ({ entity, metric, name: seriesName(entity, metric) })));
    const found = all.find(({ name }) => name === series);
    const rows = found && folder.readEntity(found.entity);
    const column = rows?.columns.get(found?.entity.layout === 'host' ? found.metric.name : 'value');
    return { times: rows?.times ?? new Float64Array(), column, rowStep: found?.entity.step ?? 0, names: all.map(({ name }) => name) };
  } catch (error) {
    throw new UsageError(`--data: got ${JSON.stringify(data)} (${errorText(error)}), want a data folder with an index.json`, {
      cause: error,
    });
  }
}

/** A watch with the defaults of the configuration. */
function settingsFor(step: number): WatchSettings {
  const text = JSON.stringify({
    prometheus: { url: 'http://127.0.0.1:9090' },
    watches: [{ name: 'demand', expr: 'demand', step: `${step}s`, refit: `${Math.max(3600, step)}s`, bounds: [0, 1e300] }],
  });
  const known = { forecasters: forecasters.map(({ name }) => name), detectors: detectors.map(({ name }) => name) };
  const parsed = parseConfiguration(text, known);
  if ('configuration' in parsed) return parsed.configuration.watches[0];
  throw new Error(JSON.stringify(parsed.faults));
}
