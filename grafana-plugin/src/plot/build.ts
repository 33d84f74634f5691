import { formattedValueToString, getValueFormat, type Field, type GrafanaTheme2, type TimeZone } from '@grafana/data';
import type uPlot from 'uplot';
import { drawFindings, drawGround, drawSeries } from '../draw/layers.ts';
import { AxisPlacement, PointVisibility, ScaleDistribution, UPlotConfigBuilder, direction, orientation } from '../grafanaPlot.ts';
import type { SeriesView } from '../model/readModel.ts';
import type { ForecastFieldConfig } from '../options.ts';
import { scaleOf, type ContextBox } from './context.ts';
import { keyboard } from './keyboard.ts';
import { pan } from './pan.ts';
import { logRange, yRange } from './yRange.ts';

/** What a plot is built from. A change here builds a new plot; all else reaches it through `box`. */
export interface Structure {
  readonly series: readonly SeriesView[];
  readonly fieldOf: (series: SeriesView) => Field;
  readonly theme: GrafanaTheme2;
  readonly timeZone: TimeZone;
  readonly box: ContextBox;
  /** Whether the plot itself zooms to a dragged span; where there is a tooltip, the tooltip does. */
  readonly zooms: boolean;
}

/** The configuration of the plot: one y scale a unit, two lines a series, and hooks that draw all that uPlot has no notion of. */
export function buildPlot(structure: Structure): UPlotConfigBuilder {
  const { box, series, theme, timeZone } = structure;
  const builder = new UPlotConfigBuilder(timeZone);
  builder.addScale({
    scaleKey: 'x',
    isTime: true,
    orientation: orientation.horizontal,
    direction: direction.right,
    range: () => [box.current.range.from, box.current.range.to],
  });
  builder.addAxis({ scaleKey: 'x', isTime: true, placement: AxisPlacement.Bottom, timeZone, theme, grid: { show: true } });
  for (const one of series) {
    addScale(builder, structure, one);
    addLines(builder, structure, one);
  }
  builder.setCursor({
    focus: { prox: 40 },
    hover: { prox: (plot: uPlot, index: number, closest: number) => Math.max(20, samplePixels(plot, index, closest)) },
    points: { size: () => 8, width: () => 2 },
  });
  builder.addHook('drawClear', (plot) => drawGround(plot, box.current));
  builder.addHook('drawAxes', (plot) => drawSeries(plot, box.current));
  builder.addHook('draw', (plot) => drawFindings(plot, box.current));
  builder.addHook('init', (plot) => {
    keyboard(plot, box);
    pan(plot, box);
  });
  if (structure.zooms) builder.addHook('setSelect', (plot) => zoomToSelection(plot, box));
  return builder;
}

function zoomToSelection(plot: uPlot, box: ContextBox): void {
  const { left, width } = plot.select;
  if (width < 5) return;
  box.current.zoom({ from: plot.posToVal(left, 'x'), to: plot.posToVal(left + width, 'x') });
  plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
}

function addScale(builder: UPlotConfigBuilder, { box, fieldOf, theme }: Structure, series: SeriesView): void {
  const scaleKey = scaleOf(series);
  if (builder.scales.some((scale) => scale.props.scaleKey === scaleKey)) return;
  const field = fieldOf(series);
  const custom: ForecastFieldConfig = field.config.custom ?? {};
  const distribution = custom.scaleDistribution;
  builder.addScale({
    scaleKey,
    orientation: orientation.vertical,
    direction: direction.up,
    ...(distribution && { distribution: distribution.type, log: distribution.log, linearThreshold: distribution.linearThreshold }),
    range: () => rangeOf(box, scaleKey, field),
  });
  builder.addAxis({
    scaleKey,
    theme,
    label: custom.axisLabel === '' ? undefined : custom.axisLabel,
    size: custom.axisWidth,
    placement: custom.axisPlacement ?? AxisPlacement.Auto,
    grid: { show: custom.axisGridShow },
    border: custom.axisBorderShow ? { show: true, width: 1, stroke: series.color } : undefined,
    color: `${custom.axisColorMode}` === 'series' ? series.color : undefined,
    formatValue: (value: number, decimals) =>
      formattedValueToString((field.display ?? getValueFormat(field.config.unit))(value, decimals ?? undefined)),
  });
}

function rangeOf(box: ContextBox, scaleKey: string, field: Field): [number, number] {
  const { series, range } = box.current;
  const custom: ForecastFieldConfig = field.config.custom ?? {};
  const own = series.filter((one) => scaleOf(one) === scaleKey);
  const { type, log = 10 } = custom.scaleDistribution ?? {};
  if (type === ScaleDistribution.Log) return logRange(own, range, field.config, log);
  return yRange(own, range, {
    min: field.config.min,
    max: field.config.max,
    softMin: custom.axisSoftMin,
    softMax: custom.axisSoftMax,
    centeredZero: custom.axisCenteredZero,
  });
}

/** Two lines a series that the cursor follows, history and forecast. Their hooks draw them; of uPlot's own are the points of sparse samples. */
function addLines(builder: UPlotConfigBuilder, { fieldOf, theme }: Structure, series: SeriesView): void {
  const custom: ForecastFieldConfig = fieldOf(series).config.custom ?? {};
  const common = { scaleKey: scaleOf(series), theme, lineColor: series.color, pxAlign: false, spanNulls: false, pathBuilder: () => null };
  const isLone = series.actual.times.length === 1;
  builder.addSeries({
    ...common,
    lineWidth: custom.lineWidth ?? 1.5,
    pointSize: isLone ? 8 : 5,
    showPoints: isLone ? PointVisibility.Always : PointVisibility.Auto,
  });
  builder.addSeries({ ...common, lineWidth: 0, pointsBuilder: () => false, pointSize: 5 });
}

/** Half the distance to the neighbouring sample in CSS pixels: how far from a sample the cursor still means it. */
function samplePixels(plot: uPlot, series: number, index: number): number {
  const times = plot.data[0];
  const values = plot.data[series];
  let next = index + 1;
  while (next < times.length && values?.[next] === undefined) next++;
  const [here, there] = [times[index], times[next] ?? times[index - 1]];
  if (here === undefined || there === undefined) return 0;
  return Math.abs(plot.valToPos(there, 'x') - plot.valToPos(here, 'x')) / 2 + 1;
}
