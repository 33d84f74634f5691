import type uPlot from 'uplot';
import type { SeriesView } from '../model/readModel.ts';
import { scaleOf, type PlotContext } from '../plot/context.ts';
import { withBrush, type Brush } from './brush.ts';
import { drawFan, strokeLine, withAlpha, type FanInk } from './fan.ts';
import { labelsOn } from './labels.ts';
import { paintKept } from './layer.ts';
import { partsOf } from './parts.ts';
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

/** Over the grid: fans and medians of all series, and over them their histories. */
export function drawSeries(plot: uPlot, shown: PlotContext): void {
  const { series, now, showPast, theme } = shown;
  const scales = [...new Set(series.map(scaleOf))];
  withBrush(plot, (brush) => {
    const subject = [series, now, showPast, theme, ...scales.map((scale) => brush.layout(scale))];
    paintKept(plot, brush, subject, extentOf(series), (layer) => {
      for (const one of series) drawFan(layer, partsOf(one, now), scaleOf(one), inkOf(one, shown));
      for (const one of series) drawMedian(layer, one, shown);
      for (const one of series) drawActual(layer, one, shown);
    });
  });
}

function inkOf({ color }: SeriesView, { series, showPast }: PlotContext): FanInk {
  const strength = series.length <= 3 ? 0.15 : series.length <= 8 ? 0.1 : 0.06;
  return { color, past: showPast ? strength * 0.75 : 0, future: strength };
}

/** The first and last time (ms) of any line or band. */
function extentOf(series: readonly SeriesView[]): [from: number, to: number] {
  let [from, to] = [Infinity, -Infinity];
  for (const one of series)
    for (const { times } of [one.actual, one.median, ...one.bands])
      if (times.length > 0) {
        from = Math.min(from, times[0]!);
        to = Math.max(to, times[times.length - 1]!);
      }
  return [from, to];
}

/** Over everything: limits, now, annotations, anomalies and breaches, each with a word. */
export function drawFindings(plot: uPlot, shown: PlotContext): void {
  withBrush(plot, (brush) => {
    const { colors, typography } = shown.theme;
    const labels = labelsOn(brush, typography.fontFamily, colors.background.primary);

    drawAnnotations(brush, shown);
    // The word now stands over a limit's line, not under it.
    drawLimits(brush, plot, shown, labels);
    if (shown.showNow) drawNow(brush, shown, labels);
    if (shown.showAnomalies) drawAnomalies(brush, shown, labels);
    drawBreaches(brush, shown, labels);
  });
}

/** Dotted where it was expected, dashed where it is to come, so that it is told from history without colour. */
function drawMedian(brush: Brush, series: SeriesView, shown: PlotContext): void {
  const { context, ratio } = brush;
  const { expected, ahead } = partsOf(series, shown.now);
  context.strokeStyle = series.color;
  context.lineCap = 'butt';
  context.lineJoin = 'bevel';
  // Of many series the dots would be noise, and dear to draw; their bands tell what was expected.
  if (shown.showPast && shown.series.length <= 5 && series.actual.times.length > 0) {
    context.lineWidth = ratio;
    context.setLineDash([2 * ratio, 3 * ratio]);
    strokeLine(brush, expected, scaleOf(series));
  }
  context.lineWidth = 2 * ratio;
  context.setLineDash([7 * ratio, 4 * ratio]);
  strokeLine(brush, ahead, scaleOf(series));
  context.setLineDash([]);
}

/** Lines of more series than this are thinner, unless the reader chose: they hide less of each other and cost a quarter to draw. */
const fewSeries = 8;

function drawActual(brush: Brush, one: SeriesView, { series, now }: PlotContext): void {
  const { context, ratio } = brush;
  context.strokeStyle = one.color;
  context.lineCap = 'butt';
  context.lineJoin = 'bevel';
  context.lineWidth = (one.lead.lineWidth ?? (series.length > fewSeries ? 1 : 1.5)) * ratio;
  strokeLine(brush, partsOf(one, now).actual, scaleOf(one));
}
