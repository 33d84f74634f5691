import type uPlot from 'uplot';
import type { Anomaly } from '../model/anomalies.ts';
import { clip } from '../model/track.ts';
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
      context.strokeStyle = limit.color === '' ? shown.theme.colors.error.main : limit.color;
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

/** A score as people compare it: two digits, no exponent. */
export function scoreText(score: number): string {
  return score >= 100 ? score.toFixed(0) : score.toFixed(1);
}
