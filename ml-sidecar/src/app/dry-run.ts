import { stringify } from 'yaml';
import type { Configuration, WatchSettings } from '../configuration/configuration.ts';
import { parseConfiguration } from '../configuration/parse.ts';
import { detectors } from '../detectors/index.ts';
import { backtestOf } from '../evaluate/backtest.ts';
import { forecasters } from '../forecasters/index.ts';
import type { PrometheusClient } from '../prometheus/client.ts';
import { PrometheusError } from '../prometheus/prometheus-error.ts';
import type { BacktestAnswer, DryRunAnswer } from '../serve/answers.ts';
import { chartOf } from '../serve/chart.ts';
import { finiteOrNull } from '../serve/describe-watch.ts';
import { DryRunError, type DryRun } from '../serve/dry-run.ts';
import { Watch } from '../watch/watch.ts';
import { readGrid } from './history.ts';
import { shapeOf } from './shape.ts';

export interface DryRunOptions {
  /** The one of the moment. */
  readonly configuration: () => Configuration;
  /** Its own, so that pollers never wait for a dry run. */
  readonly client: PrometheusClient;
  /** Unix seconds. */
  readonly now: () => number;
  /** Monotonic seconds. */
  readonly clock: () => number;
  readonly pause: () => Promise<void>;
}

/** Series that are forecast; more are counted. */
const mostSeries = 4;
/** Values of one series, a fortnight of minutes. */
const mostValues = 20_160;
/** Values that Prometheus is asked for in all. */
const mostSamples = 2_000_000;
const origins = 4;
/** Seconds in which everything must be done; what of the backtest is not is left out. */
const deadline = 25;

/**
 * Runs a watch that is not in the configuration on what Prometheus holds: validated by the same rules, read by the same queries,
 * learned by the same code. Nothing is kept. One at a time.
 */
export function createDryRun(options: DryRunOptions): DryRun {
  let busy = false;
  return async (entry) => {
    if (busy) throw new DryRunError(429, 'too_many', 'another dry run is under way; try again in a few seconds');
    const settings = settingsOf(entry, options.configuration());
    busy = true;
    try {
      return await run(entry, settings, options);
    } catch (error) {
      throw error instanceof PrometheusError ? answerOf(error) : error;
    } finally {
      busy = false;
    }
  };
}

/** Throws a DryRunError with every fault of the entry. */
function settingsOf(entry: unknown, { prometheus }: Configuration): WatchSettings {
  const text = JSON.stringify({ prometheus: { url: prometheus.url }, watches: [entry] });
  const parsed = parseConfiguration(text, {
    forecasters: forecasters.map(({ name }) => name),
    detectors: detectors.map(({ name }) => name),
  });
  if ('faults' in parsed) {
    const faults = parsed.faults.map(({ place, found, want }) => `${place.replace(/^watches\[0\]\.?/, '')}: got ${found}, want ${want}`);
    throw new DryRunError(400, 'bad_data', faults.map((fault) => fault.replace(/^: /, '')).join('\n'));
  }
  const [settings, ...more] = parsed.configuration.watches;
  if (settings === undefined || more.length > 0) throw new DryRunError(400, 'bad_data', 'preset: got a preset, want a watch with an expr');
  const values = Math.round(settings.history / settings.step);
  if (values > mostValues)
    throw new DryRunError(400, 'bad_data', `history: got ${values} steps, want at most ${mostValues}: a shorter history or a wider step`);
  return settings;
}

async function run(entry: unknown, settings: WatchSettings, options: DryRunOptions): Promise<DryRunAnswer> {
  const { client, now, clock } = options;
  const started = clock();
  const { step, history } = settings;
  const length = Math.round(history / step);
  const toIndex = Math.floor((now() - settings.delay) / step);
  // Alone first: Prometheus' words then speak of the expression as it was written.
  await client.query(settings.expr, toIndex * step);
  const readable = Math.max(mostSeries, Math.floor(mostSamples / length));
  const { matrix } = await readGrid(client, { ...settings, seriesLimit: readable }, toIndex - length + 1, toIndex);
  const read = clock();
  const watch = new Watch({ ...settings, seriesLimit: mostSeries }, shapeOf(settings, options.configuration().gauges));
  const inTime = () => clock() - started < deadline;
  const pause = async (): Promise<void> => {
    await options.pause();
    if (!inTime()) throw new DryRunError(503, 'timeout', `got no forecast within ${deadline} s, want a shorter history or a wider step`);
  };
  await watch.load(toIndex, length, matrix.slice(0, mostSeries), { pause, clock });
  return {
    chart: chartOf(watch, { labels: {}, past: Math.min(history, 2 * settings.horizon), most: mostSeries }, now()),
    found: matrix.length,
    backtest: await backtest(watch, inTime, options.pause),
    readSeconds: read - started,
    seconds: clock() - started,
    yaml: stringify({ watches: [entry] }, { lineWidth: 0 }),
  };
}

async function backtest(watch: Watch, inTime: () => boolean, pause: () => Promise<void>): Promise<BacktestAnswer[]> {
  const { forecaster, horizonSteps, bounds, step } = watch.shape;
  const answers: BacktestAnswer[] = [];
  for (const { labels, ring } of watch.series.values()) {
    const results: BacktestAnswer['origins'][number][] = [];
    if (inTime() && ring.finite > 0)
      for (const one of backtestOf(forecaster, ring.series(step), { horizonSteps, bounds, count: origins })) {
        results.push({ ...one, skill: finiteOrNull(one.skill) });
        await pause();
        if (!inTime()) break;
      }
    answers.push({ labels, origins: results });
  }
  return answers;
}

/** Prometheus' own words, under a status that says whose fault it is. */
function answerOf(error: PrometheusError): DryRunError {
  // The address and the status before them say nothing to who wrote the expression.
  if (error.kind === 'refused') return new DryRunError(422, 'execution', error.message.replace(/^https?:\S+ 4\d\d /, ''));
  return new DryRunError(503, 'unavailable', error.message);
}
