import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDataFolder, type DataFolder, type Entity } from '../../ml-sidecar/src/evaluate/data-folder.ts';
import { labelledIncidents } from '../../ml-sidecar/src/replay/folder-source.ts';
import type { Incident } from '../../ml-sidecar/src/replay/incidents.ts';
import type { Batch } from '../../ml-sidecar/src/replay/store.ts';

const DAY = 86_400;
/** Seconds: the grid of Presage's preset; finer measurements are averaged. */
const STEP = 300;

/** Entities that can be replayed together: one step, one time. */
export interface DevGroup {
  readonly name: string;
  readonly step: number;
  /** Unix seconds: end of the rows that may be learned from, end of all. */
  readonly from: number;
  readonly to: number;
  readonly kinds: readonly string[];
  readonly incidents: readonly Incident[];
  /** Writes values and thresholds of all. */
  write(batch: Batch): void;
}

/** The labelled measurements of a data folder in groups; those without labels that count are left out. */
export function devGroups(path: string): readonly DevGroup[] {
  const read = (file: string): Uint8Array => readFileSync(join(path, file));
  const folder = openDataFolder(read);
  const incidents = labelledIncidents(JSON.parse(new TextDecoder().decode(read('index.json'))));
  const spans = new Map(folder.entities.map((entity) => [entity.id, spanOf(folder, entity)]));
  const groups = new Map<string, Entity[]>();
  for (const entity of folder.entities) {
    const own = incidents.filter(({ labels }) => labels.instance === entity.id);
    const span = spans.get(entity.id);
    if (entity.trainEnd === undefined || span === undefined || own.every(({ ignored }) => ignored)) continue;
    const step = Math.max(STEP, entity.step);
    const key = [entity.file.split('/')[0], step, Math.round(entity.trainEnd / DAY), Math.round(span / DAY)].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), entity]);
  }
  return [...groups.values()].map((entities): DevGroup => {
    const ids = new Set(entities.map(({ id }) => id));
    const step = Math.max(STEP, entities[0].step);
    return {
      name: entities.length > 1 ? `${entities[0].file.split('/')[0]} (${entities.length})` : entities[0].id,
      step,
      from: Math.ceil(Math.max(...entities.map(({ trainEnd = 0 }) => trainEnd)) / step) * step,
      to: Math.max(...entities.map(({ id }) => spans.get(id) ?? 0)),
      kinds: [...new Set(entities.flatMap(({ metrics }) => metrics.map(({ kind }) => kind)))].sort(),
      incidents: incidents.filter(({ labels }) => ids.has(labels.instance)),
      write: (batch) => entities.forEach((entity) => writeEntity(folder, entity, step, batch)),
    };
  });
}

function spanOf(folder: DataFolder, entity: Entity): number | undefined {
  return folder.readEntity(entity).times.at(-1);
}

/**
 * Each metric as `value`, averaged to the step, and what somebody would set as its thresholds who knows the rows to learn from:
 * their mean and some standard deviations on either side. A value stands for its whole step.
 */
function writeEntity(folder: DataFolder, entity: Entity, step: number, batch: Batch): void {
  const { times, columns } = folder.readEntity(entity);
  const trained = times.findIndex((time) => time > (entity.trainEnd ?? 0));
  for (const { name, kind } of entity.metrics) {
    const values = columns.get(entity.layout === 'host' ? name : 'value');
    if (values === undefined) continue;
    const labels = { instance: entity.id, metric: name, kind };
    const seen = values.subarray(0, trained).filter((value) => !Number.isNaN(value));
    const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
    const deviation = Math.sqrt(seen.reduce((sum, value) => sum + (value - mean) ** 2, 0) / seen.length);
    const means = averaged(times, values, step);
    const held = (time: number, add: (at: number) => void): void => {
      for (let at = time; at < time + step; at += STEP) add(at);
    };
    for (const [time, value] of means) held(time, (at) => batch.add('value', labels, at, value));
    for (const width of widths) {
      for (const [side, sign] of [
        ['high', 1],
        ['low', -1],
      ] as const) {
        const bound = mean + sign * width * deviation;
        for (const time of means.keys()) held(time, (at) => batch.add('threshold', { ...labels, side, width: String(width) }, at, bound));
      }
    }
  }
}

/** The mean of the values in (g − step, g] at each grid time g that has some, in order. */
function averaged(times: Float64Array, values: Float64Array, step: number): ReadonlyMap<number, number> {
  const sums = new Map<number, { sum: number; count: number }>();
  for (let i = 0; i < times.length; i++) {
    if (Number.isNaN(values[i])) continue;
    const grid = Math.ceil(times[i] / step) * step;
    const cell = sums.get(grid) ?? { sum: 0, count: 0 };
    cell.sum += values[i];
    cell.count++;
    sums.set(grid, cell);
  }
  return new Map([...sums].map(([grid, { sum, count }]) => [grid, sum / count]));
}

/** Standard deviations from the mean at which thresholds stand: the usual three, and wider ones that are quieter. */
export const widths = [3, 6, 12] as const;

/** Thresholds as somebody sets them who has looked at the past, with the waiting time of the mixin. */
export const devThresholds = (width: number): string => `
groups:
  - name: thresholds
    rules:
      - { alert: AboveThreshold, expr: 'value > ignoring (side, width) threshold{side="high",width="${width}"}', for: 15m, labels: { severity: warning } }
      - { alert: BelowThreshold, expr: 'value < ignoring (side, width) threshold{side="low",width="${width}"}', for: 15m, labels: { severity: warning } }
`;

/** A straight line towards the nearest of these thresholds: `back` seconds back, four hours ahead. */
export const devStraightLines = (back: number): string => `
groups:
  - name: predict-linear
    rules:
      - { alert: AboveInFourHours, expr: 'predict_linear(value[${back}s], 4 * 3600) > ignoring (side, width) threshold{side="high",width="3"}', for: 5m, labels: { severity: page } }
      - { alert: BelowInFourHours, expr: 'predict_linear(value[${back}s], 4 * 3600) < ignoring (side, width) threshold{side="low",width="3"}', for: 5m, labels: { severity: page } }
`;
