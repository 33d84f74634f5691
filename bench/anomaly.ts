import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { detectors, hostDetectorNamed } from '../ml-sidecar/src/detectors/index.ts';
import type { Detector } from '../ml-sidecar/src/detectors/detector.ts';
import { evaluateAnomaly } from '../ml-sidecar/src/evaluate/anomaly.ts';
import { openDataFolder } from '../ml-sidecar/src/evaluate/data-folder.ts';
import { replaceBetween } from './accuracy-page.ts';
import { atMost, shown, type Bench, type BenchRow } from './bench.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const data = join(root, '../shared/data/dev');
const scorer = join(root, '../shared/data/tools/score.mjs');
const page = join(root, 'docs/accuracy.md');

/** Figures of one track as the scoring program gives them. */
interface Track {
  readonly f1: number;
  readonly bestF1: number;
  readonly recall: number;
  readonly falseAlertsPerWeek: number;
  readonly vusPr: number;
  readonly nabLike: number;
}

/** What `auto` must reach, by track. */
const bars = [
  { track: 'series', f1: 0.45, falseAlerts: 0.8, vusPr: 0.42, nabLike: 60 },
  { track: 'host', f1: 0.52, falseAlerts: 2.2, vusPr: 0.6 },
  { track: 'channel', f1: 0.5, falseAlerts: 1.0, vusPr: 0.48 },
] as const;

/** How far F1 at the default threshold may lie below the best of any common factor on it. */
const SCALE_BAR = 0.03;

/** Accuracy of the anomaly scores on the development data, by the scoring program that comes with them; writes docs/accuracy.md. */
export const anomaly: Bench = {
  name: 'anomaly',
  async run(say) {
    if (!existsSync(join(data, 'index.json'))) throw new Error(`${data}: not found, want the development data`);
    const folder = mkdtempSync(join(tmpdir(), 'bench-anomaly-'));
    try {
      const results = detectors.map((detector) => {
        const started = process.cpuUsage();
        const tracks = tracksOf(detector, folder);
        const seconds = process.cpuUsage(started).user / 1e6;
        say(`${detector.name}: ${seconds.toFixed(0)} s of processor time`);
        return { name: detector.name, tracks };
      });
      replaceBetween(page, 'anomaly', tableOf(results));
      return results.flatMap(({ name, tracks }) => (name === 'auto' ? barRows(tracks) : plainRows(name, tracks)));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function tracksOf(detector: Detector, folder: string): ReadonlyMap<string, Track> {
  const predictions = join(folder, `${detector.name}.jsonl`);
  const result = join(folder, `${detector.name}.json`);
  const hostDetector = hostDetectorNamed(detector.name);
  const out = openSync(predictions, 'w');
  for (const scores of evaluateAnomaly(
    openDataFolder((path) => readFileSync(join(data, path))),
    { detector, ...(hostDetector ? { hostDetector } : {}) },
  )) {
    writeSync(out, `${JSON.stringify(scores)}\n`);
  }
  closeSync(out);
  const scored = spawnSync(process.execPath, [scorer, 'anomaly', '--data', data, '--pred', predictions, '--json', result], {
    encoding: 'utf8',
  });
  if (scored.status !== 0) throw new Error(`score.mjs: ${scored.stderr}`);
  rmSync(predictions);
  const { tracks } = JSON.parse(readFileSync(result, 'utf8'));
  return new Map(bars.map(({ track }) => [track, trackOf(tracks[track].all)]));
}

function trackOf(all: { [name: string]: number } & { bestF1: { f1: number } }): Track {
  return {
    f1: all.f1,
    bestF1: all.bestF1.f1,
    recall: all.recall,
    falseAlertsPerWeek: all.falseAlertsPerSeriesWeek,
    vusPr: all.vusPr,
    nabLike: all.nabScore,
  };
}

function barRows(tracks: ReadonlyMap<string, Track>): BenchRow[] {
  return bars.flatMap((bar) => {
    const track = tracks.get(bar.track);
    if (!track) throw new Error(`${bar.track}: no figures, want them from score.mjs`);
    const rows = [
      atLeast(`auto, ${bar.track}: F1`, track.f1, bar.f1),
      atMost(`auto, ${bar.track}: false alerts a series-week`, track.falseAlertsPerWeek, bar.falseAlerts, ''),
      atLeast(`auto, ${bar.track}: VUS-PR`, track.vusPr, bar.vusPr),
      atMost(`auto, ${bar.track}: best F1 − F1`, track.bestF1 - track.f1, SCALE_BAR, '', 3),
    ];
    return 'nabLike' in bar ? [...rows, atLeast(`auto, ${bar.track}: NAB-like`, track.nabLike, bar.nabLike, 1)] : rows;
  });
}

function plainRows(name: string, tracks: ReadonlyMap<string, Track>): BenchRow[] {
  return [...tracks].map(([track, figures]) =>
    shown(
      `${name}, ${track}`,
      `F1 ${figures.f1.toFixed(2)}, ${figures.falseAlertsPerWeek.toFixed(1)} false a week, VUS-PR ${figures.vusPr.toFixed(2)}`,
    ),
  );
}

function atLeast(what: string, measured: number, bar: number, digits = 3): BenchRow {
  return { what, wanted: `≥ ${bar.toFixed(digits)}`, measured: measured.toFixed(digits), holds: measured >= bar };
}

function tableOf(results: readonly { readonly name: string; readonly tracks: ReadonlyMap<string, Track> }[]): string {
  const lines = results.flatMap(({ name, tracks }) =>
    [...tracks].map(([track, figures]) => {
      const nab = Number.isFinite(figures.nabLike) ? figures.nabLike.toFixed(0) : '';
      const cells = [figures.f1, figures.bestF1, figures.recall, figures.falseAlertsPerWeek, figures.vusPr].map((cell) => cell.toFixed(2));
      return `| ${track} | ${name} | ${cells.join(' | ')} | ${nab} |`;
    }),
  );
  const head = ['track', 'detector', 'F1', 'best F1', 'recall', 'false alerts a series-week', 'VUS-PR', 'NAB-like'];
  return [
    `| ${head.join(' | ')} |`,
    `|${'---|'.repeat(head.length)}`,
    ...bars.flatMap(({ track }) => lines.filter((line) => line.startsWith(`| ${track} `))),
  ].join('\n');
}
