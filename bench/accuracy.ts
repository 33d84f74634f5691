import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDataFolder } from '../ml-sidecar/src/evaluate/data-folder.ts';
import { evaluateForecast, learnt } from '../ml-sidecar/src/evaluate/forecast.ts';
import type { Forecaster } from '../ml-sidecar/src/forecasters/forecaster.ts';
import { forecasters } from '../ml-sidecar/src/forecasters/index.ts';
import { replaceBetween } from './accuracy-page.ts';
import { atMost, shown, type Bench, type BenchRow } from './bench.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const data = join(root, '../shared/data/dev');
const tools = join(root, '../shared/data/tools');
const page = join(root, 'docs/accuracy.md');
const figuresFile = join(root, 'bench/results/accuracy-models.json');

/** What `auto` must reach at each horizon: loss against seasonal naive and against the last value. */
const bars = [
  { horizon: '1h', seasonal: 0.48, last: 0.8 },
  { horizon: '6h', seasonal: 0.6, last: 0.55 },
  { horizon: '24h', seasonal: 0.73, last: 0.5 },
] as const;
const COVERAGE_BAR = 3;
const CPU_BAR = 10;
/** By how much a single model may be better than `auto` at any horizon. */
const SINGLE_BAR = 1.01;
const baselines = ['seasonal-naive', 'linear-6h', 'last-value', 'daily-profile'];

/** Figures of one horizon as the scoring program gives them. */
interface HorizonFigures {
  readonly mase: number;
  readonly cov50: number;
  readonly cov80: number;
  readonly cov95: number;
  readonly crossings: number;
  readonly vsSeasonalNaive: {
    readonly wql: { readonly macro: number; readonly macroCi95: readonly number[] };
    readonly mae: { readonly macro: number };
  };
  readonly vsLastValue: { readonly wql: { readonly macro: number } };
}

/** How one model did. */
interface Result {
  readonly name: string;
  /** Processor milliseconds an origin; NaN for a baseline of the tools. */
  readonly cpu: number;
  readonly missing: number;
  readonly holes: number;
  readonly horizons: Readonly<Record<string, HorizonFigures>>;
}

/** Accuracy of the forecasts on the development data, by the scoring program that comes with them; writes docs/accuracy.md. */
export const accuracy: Bench = {
  name: 'accuracy',
  async run(say) {
    if (!existsSync(join(data, 'index.json'))) throw new Error(`${data}: not found, want the development data`);
    const folder = mkdtempSync(join(tmpdir(), 'presage-accuracy-'));
    try {
      readAll();
      const before = process.cpuUsage();
      readAll();
      const reading = milliseconds(process.cpuUsage(before));
      say(`reading: ${(reading / 1000).toFixed(1)} s of processor time, not counted below`);
      const results = forecasters.map((forecaster) => {
        const result = resultOf(forecaster, folder, reading);
        say(`${result.name}: ${result.cpu.toFixed(1)} ms of processor time an origin`);
        return result;
      });
      const others = baselines.map((name) => baselineOf(name, folder));
      writeFileSync(figuresFile, `${JSON.stringify([...results, ...others], null, 1)}\n`);
      replaceBetween(page, 'forecast', tableOf(results, others));
      return [...barRows(results[0]), ...singleRows(results[0], results.slice(1)), ...results.slice(1).map(plainRow)];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function resultOf(forecaster: Forecaster, folder: string, reading: number): Result {
  const predictions = join(folder, `${forecaster.name}.jsonl`);
  const out = openSync(predictions, 'w');
  let origins = 0;
  const model = learnt(
    openDataFolder((path) => readFileSync(join(data, path))),
    forecaster,
  );
  const started = process.cpuUsage();
  let outside = 0;
  const source = openDataFolder((path) => readFileSync(join(data, path)));
  for (const row of evaluateForecast(source, model)) {
    const before = process.cpuUsage();
    writeSync(out, `${JSON.stringify(row)}\n`);
    outside += milliseconds(process.cpuUsage(before));
    origins++;
  }
  const cpu = (milliseconds(process.cpuUsage(started)) - outside - reading) / origins;
  closeSync(out);
  return { name: forecaster.name, cpu, ...scored(predictions) };
}

/** Reads everything that is to be forecast, as an evaluation does. */
function readAll(): void {
  const folder = openDataFolder((path) => readFileSync(join(data, path)));
  for (const entity of folder.entities) if (entity.metrics.some((metric) => metric.forecast)) folder.readEntity(entity);
}

function milliseconds(usage: NodeJS.CpuUsage): number {
  return (usage.user + usage.system) / 1000;
}

function baselineOf(method: string, folder: string): Result {
  const predictions = join(folder, `baseline-${method}.jsonl`);
  const out = openSync(predictions, 'w');
  const words = [join(tools, 'emit-baselines.mjs'), 'forecast', '--data', data, '--method', method];
  const emitted = spawnSync(process.execPath, words, { stdio: ['ignore', out, 'inherit'] });
  closeSync(out);
  if (emitted.status !== 0) throw new Error(`emit-baselines.mjs: exit ${emitted.status}`);
  return { name: `${method} (tools)`, cpu: NaN, ...scored(predictions) };
}

function scored(predictions: string): Omit<Result, 'name' | 'cpu'> {
  const file = `${predictions}.json`;
  const words = [join(tools, 'score.mjs'), 'forecast', '--data', data, '--pred', predictions, '--json', file];
  const run = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`score.mjs: ${run.stderr}`);
  const { missing, holes, horizons } = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(predictions);
  rmSync(file);
  return { missing, holes, horizons };
}

function barRows(auto: Result): BenchRow[] {
  const rows = bars.flatMap(({ horizon, seasonal, last }) => {
    const figures = auto.horizons[horizon];
    const worst = Math.max(...coverages(figures).map(([nominal, measured]) => Math.abs(nominal - measured)));
    return [
      atMost(`auto, ${horizon}: loss / seasonal naive`, figures.vsSeasonalNaive.wql.macro, seasonal, '', 3),
      atMost(`auto, ${horizon}: loss / last value`, figures.vsLastValue.wql.macro, last, '', 3),
      atMost(`auto, ${horizon}: coverage of 50, 80, 95 % (${coverageText(figures)}), worst distance`, worst, COVERAGE_BAR, ' points', 1),
      atMost(`auto, ${horizon}: quantile crossings`, figures.crossings, 0, '', 0),
    ];
  });
  const left = atMost('auto: tasks missing or with holes', auto.missing + auto.holes, 0, '', 0);
  return [...rows, left, atMost('auto: processor time an origin', auto.cpu, CPU_BAR, ' ms', 1)];
}

function singleRows(auto: Result, singles: readonly Result[]): BenchRow[] {
  return bars.map(({ horizon }) => {
    const loss = (result: Result): number => result.horizons[horizon].vsSeasonalNaive.wql.macro;
    const best = singles.reduce((a, b) => (loss(b) < loss(a) ? b : a));
    return atMost(`auto, ${horizon}: loss / that of the best single model (${best.name})`, loss(auto) / loss(best), SINGLE_BAR, '', 3);
  });
}

function plainRow({ name, cpu, horizons }: Result): BenchRow {
  const text = bars.map(({ horizon }) => horizons[horizon].vsSeasonalNaive.wql.macro.toFixed(3)).join(' / ');
  return shown(name, `loss / seasonal naive ${text}, ${cpu.toFixed(1)} ms an origin`);
}

function coverages(figures: HorizonFigures): (readonly [nominal: number, measured: number])[] {
  return [
    [50, 100 * figures.cov50],
    [80, 100 * figures.cov80],
    [95, 100 * figures.cov95],
  ];
}

function coverageText(figures: HorizonFigures): string {
  return coverages(figures)
    .map(([, measured]) => measured.toFixed(0))
    .join('/');
}

function tableOf(results: readonly Result[], others: readonly Result[]): string {
  const head = [
    'model',
    'horizon',
    'loss / seasonal naive',
    '95 % interval',
    'loss / last value',
    'MAE / seasonal naive',
    'MASE',
    'coverage 50/80/95 %',
    'ms an origin',
  ];
  const lines = [...results, ...others].flatMap(({ name, cpu, horizons }) =>
    bars.map(({ horizon }) => {
      const figures = horizons[horizon];
      const { wql, mae } = figures.vsSeasonalNaive;
      const cells = [
        name,
        horizon,
        wql.macro.toFixed(3),
        wql.macroCi95.map((bound) => bound.toFixed(2)).join('–'),
        figures.vsLastValue.wql.macro.toFixed(3),
        mae.macro.toFixed(3),
        figures.mase.toFixed(2),
        coverageText(figures),
        Number.isFinite(cpu) ? cpu.toFixed(1) : '',
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  );
  return [`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...lines].join('\n');
}
