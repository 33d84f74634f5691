import { autoDetector } from '../detectors/auto.ts';
import type { Detector } from '../detectors/detector.ts';
import type { HostDetector, HostReading } from '../detectors/host-detector.ts';
import { seriesName, type DataFolder, type Entity, type EntityColumns } from './data-folder.ts';

/** The scores of one series or host, a row of the file to be scored. */
export interface AnomalyScores {
  readonly id: string;
  /** Unix seconds. */
  readonly ts: readonly number[];
  readonly score: readonly number[];
}

/** The models that are evaluated. */
export interface AnomalyModels {
  /** Scores every series. */
  readonly detector: Detector;
  /** Scores every host; absent: the third largest score of its series. */
  readonly hostDetector?: HostDetector;
}

/** Rank, from the largest, of the series' score that stands for a host without a model of its own. */
const HOST_RANK = 3;

/**
 * Scores everything of the folder that has a training span: each series, each host, and each series of a host. The models get
 * the rows in the order of time, score each before they learn it, and are asked to score after the training span alone.
 */
export function* evaluateAnomaly(folder: DataFolder, models: AnomalyModels): Generator<AnomalyScores> {
  for (const entity of folder.entities) {
    if (entity.trainEnd === undefined) continue;
    const read = folder.readEntity(entity);
    if (entity.layout === 'host') yield* scoreHost(entity, entity.trainEnd, read, models);
    else yield* scoreSeries(entity, entity.trainEnd, read, models.detector);
  }
}

function* scoreSeries(entity: Entity, trainEnd: number, read: EntityColumns, detector: Detector): Generator<AnomalyScores> {
  for (const metric of entity.metrics) {
    const values = read.columns.get(metric.name) ?? read.columns.get('value');
    if (!values) continue;
    const scores = streamed(detector, entity.step, read.times, values);
    yield after(trainEnd, seriesName(entity, metric), read.times, scores);
  }
}

function* scoreHost(entity: Entity, trainEnd: number, read: EntityColumns, models: AnomalyModels): Generator<AnomalyScores> {
  const channels: Float64Array[] = [];
  for (const metric of entity.metrics) {
    const values = read.columns.get(metric.name);
    if (!values) continue;
    const scores = streamed(models.detector, entity.step, read.times, values);
    channels.push(scores);
    yield after(trainEnd, seriesName(entity, metric), read.times, scores);
  }
  const host = models.hostDetector ? streamedHost(models.hostDetector, entity, read) : ranked(channels, read.times.length);
  yield after(trainEnd, entity.id, read.times, host);
}

/** Scores of a series whose rows lie on a grid that may miss some; what is missing is learned as a gap. */
function streamed(detector: Detector, step: number, times: Float64Array, values: Float64Array): Float64Array {
  const scorer = detector.start({ start: times[0], step });
  const scores = new Float64Array(times.length);
  onGrid(times, step, (row) => {
    if (row < 0) {
      scorer.learn(NaN);
      return;
    }
    scores[row] = scorer.score(values[row]);
    scorer.learn(values[row]);
  });
  return scores;
}

function streamedHost(detector: HostDetector, entity: Entity, { times, columns }: EntityColumns): Float64Array {
  const grid = { start: times[0], step: entity.step };
  const series = [...columns].map(([metric, values]) => ({ metric, values, scorer: autoDetector().start(grid) }));
  const host = detector.start(grid);
  const scores = new Float64Array(times.length);
  onGrid(times, entity.step, (row) => {
    const readings: HostReading[] = [];
    for (const { metric, values, scorer } of series) {
      const value = row < 0 ? NaN : values[row];
      const signal = scorer.signal(value);
      scorer.learn(value);
      if (signal) readings.push({ metric, signal });
    }
    if (row >= 0) scores[row] = host.score(readings);
    host.learn(readings);
  });
  return scores;
}

/** Calls `step` for every moment of the grid on which the rows lie, in order: with the row, or −1 where there is none. */
function onGrid(times: Float64Array, step: number, visit: (row: number) => void): void {
  let moment = 0;
  for (let row = 0; row < times.length; row++) {
    const due = Math.round((times[row] - times[0]) / step);
    for (; moment < due; moment++) visit(-1);
    visit(row);
    moment++;
  }
}

function ranked(channels: readonly Float64Array[], rows: number): Float64Array {
  const scores = new Float64Array(rows);
  const sorted = new Float64Array(channels.length);
  for (let row = 0; row < rows; row++) {
    for (const [i, channel] of channels.entries()) sorted[i] = channel[row];
    sorted.sort();
    scores[row] = sorted[Math.max(0, sorted.length - HOST_RANK)] ?? 0;
  }
  return scores;
}

function after(trainEnd: number, id: string, times: Float64Array, scores: Float64Array): AnomalyScores {
  const from = times.findIndex((time) => time > trainEnd);
  const first = from < 0 ? times.length : from;
  return { id, ts: [...times.subarray(first)], score: Array.from(scores.subarray(first), rounded) };
}

/** Six digits are enough to rank by. */
function rounded(score: number): number {
  return Number(score.toPrecision(6));
}
