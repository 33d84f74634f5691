import type uPlot from 'uplot';
import { clip, valueAt } from '../model/track.ts';
import type { SeriesView } from '../model/readModel.ts';
import { scaleOf, type PlotContext } from '../plot/context.ts';
import { withBrush, type Brush } from './brush.ts';
import { drawBand, strokeTrack, withAlpha } from './fan.ts';
import { labelsOn } from './labels.ts';
import { drawAnnotations, drawNow } from './moments.ts';
import { drawBreaches } from './breaches.ts';
import { drawAnomalies, drawLimits } from './findings.ts';

/** Under the grid: the future on a ground of its own. */
export function drawGround(plot: uPlot, shown: PlotContext): void {
  withBrush(plot, (brush) => {
    const x = Math.max(brush.left, brush.x(shown.now));
    brush.context.fillStyle = withAlpha(shown.theme.colors.text.primary, shown.theme.isDark ? 0.035 : 0.025);
    brush.context.fillRect(x, brush.top, brush.left + brush.width - x, brush.height);
  });
}

/** Over the grid and under the histories: fans and medians of all series. */
export function drawForecasts(plot: uPlot, shown: PlotContext): void {
  withBrush(plot, (brush) => {
    const strength = shown.series.length <= 3 ? 0.15 : shown.series.length <= 8 ? 0.1 : 0.06;
    for (const series of shown.series) {
      const y = brush.y(scaleOf(series));
      const ink = { color: series.color, past: shown.showPast ? strength * 0.75 : 0, future: strength };
      for (const band of series.bands) drawBand(brush, band, y, shown.now, ink);
    }
    for (const series of shown.series) drawMedian(brush, series, shown);
  });
}

/** Over everything: limits, now, annotations, anomalies and breaches, each with a word. */
export function drawFindings(plot: uPlot, shown: PlotContext): void {
  withBrush(plot, (brush) => {
    const { colors, typography } = shown.theme;
    const labels = labelsOn(brush, typography.fontFamily, colors.background.primary);
    drawAnnotations(brush, shown);
    if (shown.showNow) drawNow(brush, shown, labels);
    drawLimits(brush, plot, shown, labels);
    if (shown.showAnomalies) drawAnomalies(brush, shown, labels);
    drawBreaches(brush, shown, labels);
  });
}

/** Dotted where it was expected, dashed where it is to come, so that it is told from history without colour. */
function drawMedian(brush: Brush, series: SeriesView, shown: PlotContext): void {
  const { context, ratio } = brush;
  const y = brush.y(scaleOf(series));
  context.strokeStyle = series.color;
  context.lineCap = 'butt';
  context.lineJoin = 'bevel';
  // Of many series the dots would be noise, and dear to draw; their bands tell what was expected.
  if (shown.showPast && shown.series.length <= 5 && series.actual.times.length > 0) {
    context.lineWidth = ratio;
    context.setLineDash([2 * ratio, 3 * ratio]);
    strokeTrack(brush, clip(series.median, -Infinity, shown.now), y);
  }
  const historyEnds = series.actual.times.length > 0 ? shown.now : -Infinity;
  const future = clip(series.median, historyEnds, Infinity);
  const start = valueAt(series.median, shown.now);
  const joined =
    Number.isNaN(start) || future.times[0] === shown.now || historyEnds === -Infinity
      ? future
      : { times: Float64Array.of(shown.now, ...future.times), values: Float64Array.of(start, ...future.values) };
  context.lineWidth = 2 * ratio;
  context.setLineDash([7 * ratio, 4 * ratio]);
  strokeTrack(brush, joined, y);
  context.setLineDash([]);
}
