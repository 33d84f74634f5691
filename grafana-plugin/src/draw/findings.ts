import type uPlot from 'uplot';
import type { Anomaly } from '../model/anomalies.ts';
import { urgency, type Breach } from '../model/breach.ts';
import type { SeriesView } from '../model/readModel.ts';
import { clip, valueAt } from '../model/track.ts';
import { limitsOf, scaleOf, type PlotContext } from '../plot/context.ts';
import type { Brush } from './brush.ts';
import { strokeTrack } from './fan.ts';
import type { Labels } from './labels.ts';
import { drawMarker } from './markers.ts';

/** At most so many score labels, the highest first; markers are drawn for all. */
const labelledAnomalies = 12;

/** Long-dashed lines with their names; a limit beyond the axis says so at its edge. */
export function drawLimits(brush: Brush, plot: uPlot, shown: PlotContext, labels: Labels): void {
  const { context, ratio } = brush;
  for (const { limit, scale } of limitsOf(shown.series)) {
    const { min, max } = plot.scales[scale] ?? {};
    if (limit.value === null || typeof min !== 'number' || typeof max !== 'number') continue;
    const beyond = limit.value > max ? '▲ ' : limit.value < min ? '▼ ' : '';
    const y = Math.round(brush.y(scale)(Math.min(max, Math.max(min, limit.value)))) + 0.5;
    if (beyond === '') {
      context.setLineDash([12 * ratio, 4 * ratio]);
      context.lineWidth = 1.5 * ratio;
      context.strokeStyle = limit.color;
      context.beginPath();
      context.moveTo(brush.left, y);
      context.lineTo(brush.left + brush.width, y);
      context.stroke();
    }
    const [above, below] = [y - 9 * ratio, y + 10 * ratio];
    const text = beyond === '' ? limit.name : `${beyond}${limit.name} is out of this view`;
    const places = [brush.left, brush.left + brush.width].flatMap((x) => [[x, above] as const, [x, below] as const]);
    labels.place(text, places, shown.theme.colors.text.primary);
  }
}

/** Runs of anomalous samples: the stretch of line in a thick stroke, at its peak a triangle for its direction and the score. */
export function drawAnomalies(brush: Brush, shown: PlotContext, labels: Labels): void {
  const { context, ratio } = brush;
  const { error, text } = shown.theme.colors;
  const found: { anomaly: Anomaly; x: number; y: number }[] = [];
  for (const series of shown.series) {
    const y = brush.y(scaleOf(series));
    for (const anomaly of series.anomalies) {
      if (anomaly.to < shown.range.from || anomaly.from > shown.range.to) continue;
      context.setLineDash([]);
      context.lineCap = 'round';
      context.lineWidth = 4 * ratio;
      context.strokeStyle = error.main;
      strokeTrack(brush, clip(series.actual, anomaly.from, anomaly.to), y);
      found.push({ anomaly, x: brush.x(anomaly.time), y: y(anomaly.value) });
    }
  }
  for (const { anomaly, x, y } of found) {
    drawMarker(brush, anomaly.direction > 0 ? 'up' : anomaly.direction < 0 ? 'down' : 'diamond', x, y, error.main, text.primary);
    labels.reserve(x, y, 10 * ratio);
  }
  const best = found.filter(({ anomaly }) => anomaly.score !== null).sort((a, b) => b.anomaly.score! - a.anomaly.score!);
  for (const { anomaly, x, y } of best.slice(0, labelledAnomalies)) {
    const away = anomaly.direction < 0 ? 1 : -1;
    labels.place(
      scoreText(anomaly.score!),
      [
        [x, y + away * 15 * ratio],
        [x, y - away * 15 * ratio],
        [x + 22 * ratio, y],
      ],
      text.maxContrast,
    );
  }
}

/** Where a limit is passed: a whisker over the band's span on the limit and a flag at the median, with the time. */
export function drawBreaches(brush: Brush, shown: PlotContext, labels: Labels): void {
  const all = shown.series.flatMap((series) => series.breaches.map((breach) => ({ series, breach })));
  const pending = all.filter(({ breach }) => !breach.passed).sort((a, b) => urgency(a.breach) - urgency(b.breach));
  for (const { series, breach } of pending) drawBreach(brush, shown, labels, series, breach);
}

/** A score as people compare it: two digits, no exponent. */
export function scoreText(score: number): string {
  return score >= 100 ? score.toFixed(0) : score.toFixed(1);
}

function drawBreach(brush: Brush, shown: PlotContext, labels: Labels, series: SeriesView, breach: Breach): void {
  const { context, ratio } = brush;
  const { background, text, warning } = shown.theme.colors;
  const at = breach.median ?? breach.from;
  if (at === null) return;
  const level = breach.limit.value ?? valueAt(series.median, at);
  if (Number.isNaN(level)) return;
  const x = brush.x(at);
  const y = brush.y(scaleOf(series))(level);
  if (breach.from !== null) {
    const [left, right] = [brush.x(breach.from), breach.to === null ? brush.left + brush.width : brush.x(breach.to)];
    const cap = 5 * ratio;
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(left, y - cap);
    context.lineTo(left, y + cap);
    context.moveTo(left, y);
    context.lineTo(right, y);
    if (breach.to !== null) {
      context.moveTo(right, y - cap);
      context.lineTo(right, y + cap);
    }
    context.lineWidth = 5 * ratio;
    context.strokeStyle = background.primary;
    context.stroke();
    context.lineWidth = 2 * ratio;
    context.strokeStyle = shown.series.length > 1 ? series.color : text.primary;
    context.stroke();
  }
  if (breach.median !== null) drawMarker(brush, 'flag', x, y, warning.main, text.primary);
  labels.reserve(x, y - 6 * ratio, 14 * ratio);
  const [above, below] = [y - 20 * ratio, y + 14 * ratio];
  labels.place(
    `${breach.median === null ? 'from ' : ''}${shown.clock(at)}`,
    [
      [x, above],
      [x, below],
      [x + 40 * ratio, above],
    ],
    text.maxContrast,
  );
}
