import uPlot from 'uplot';
import { drawFindings, drawGround, drawSeries } from '../../../grafana-plugin/src/draw/layers.ts';
import type { Columns } from '../../../grafana-plugin/src/plot/columns.ts';
import { scaleOf, type ContextBox } from '../../../grafana-plugin/src/plot/context.ts';
import type { SeriesView } from '../../../grafana-plugin/src/model/readModel.ts';
import { keyboard } from '../../../grafana-plugin/src/plot/keyboard.ts';
import { pan } from '../../../grafana-plugin/src/plot/pan.ts';
import { yRange } from '../../../grafana-plugin/src/plot/yRange.ts';
import type { PageTheme } from './theme.ts';
import type { Unit } from './unit.ts';

/** What a plot is built from; all that changes with every answer reaches it through `box`. */
export interface PlotStructure {
  readonly box: ContextBox;
  readonly theme: PageTheme;
  readonly unit: Unit;
  readonly bounds: readonly (number | null)[];
  readonly width: number;
  readonly height: number;
  /** Called when the cursor moves; the plot knows where it is. */
  readonly moved: (plot: uPlot) => void;
}

/** Charts of one page show the same moment. */
const cursors = uPlot.sync('presage');

/** Draws past and future of the series in the box into `target`: the layers of the Grafana panel on a plain plot. */
export function createPlot(structure: PlotStructure, columns: Columns, target: HTMLElement): uPlot {
  const { box, theme, moved } = structure;
  const [first] = box.current.series;
  const scale = first === undefined ? 'y' : scaleOf(first);
  return new uPlot(
    {
      width: structure.width,
      height: structure.height,
      ms: 1,
      padding: [8, 14, 0, 0],
      legend: { show: false },
      cursor: {
        sync: { key: cursors.key, setSeries: false, scales: ['x', null] },
        focus: { prox: 40 },
        drag: { x: true, y: false, setScale: false },
        points: { size: 8, width: 2, fill: theme.colors.background.primary },
      },
      scales: {
        x: { time: true, range: () => [box.current.range.from, box.current.range.to] },
        [scale]: { range: () => valueRange(structure) },
      },
      axes: axesOf(structure, scale),
      series: [{}, ...box.current.series.flatMap((one) => linesOf(one, scale))],
      hooks: {
        drawClear: [(plot) => drawGround(plot, box.current)],
        drawAxes: [(plot) => drawSeries(plot, box.current)],
        draw: [(plot) => drawFindings(plot, box.current)],
        init: [(plot) => keyboard(plot, box), (plot) => pan(plot, box)],
        setCursor: [moved],
        setSelect: [(plot) => zoomToSelection(plot, box)],
      },
    },
    columnsOf(columns),
    target,
  );
}

function axesOf({ theme, unit }: PlotStructure, scale: string): uPlot.Axis[] {
  const common = {
    stroke: theme.axis,
    font: `12px ${theme.typography.fontFamily}`,
    grid: { stroke: theme.grid, width: 1 },
    ticks: { show: false },
  };
  const values = (_: uPlot, ticks: number[]): string[] => {
    const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
    return ticks.map((tick) => unit.tick(tick, step));
  };
  return [
    { ...common, scale: 'x', space: 70, size: 40, values: timeTicks },
    { ...common, scale, size: 74, values },
  ];
}

/** Two lines that the cursor follows, history and forecast; the hooks draw them. */
function linesOf({ actual, color }: SeriesView, scale: string): uPlot.Series[] {
  const points = actual.times.length === 1 ? { show: true, size: 8 } : { show: false };
  return [
    { scale, stroke: color, width: 0, paths: () => null, points },
    { scale, stroke: color, width: 0, paths: () => null, points: { show: false } },
  ];
}

/** The columns as uPlot's types name them. */
export function columnsOf([times, ...values]: Columns): uPlot.AlignedData {
  return [times, ...values];
}

function valueRange({ box, bounds }: PlotStructure): [number, number] {
  const [low, high] = yRange(box.current.series, box.current.range, {});
  return [Math.max(low, bounds[0] ?? -Infinity), bounds[1] === 1 && high > 1 ? 1.02 : high];
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const clockFine = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const date = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
const year = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit' });

/** The clock, and the date below it where a new day begins. */
function timeTicks(plot: uPlot, ticks: number[]): string[] {
  let before = '';
  const step = (ticks[1] ?? 0) - (ticks[0] ?? 0);
  const time = step < 60_000 ? clockFine : clock;
  return ticks.map((tick) => {
    const today = year.format(tick);
    const isNew = today !== before;
    before = today;
    // A date at the very edge would be cut.
    const hasRoom = plot.over.clientWidth - plot.valToPos(tick, 'x') > 24;
    if (step >= 86_400_000) return hasRoom ? date.format(tick) : '';
    return isNew && hasRoom ? `${time.format(tick)}\n${date.format(tick)}` : time.format(tick);
  });
}

function zoomToSelection(plot: uPlot, box: ContextBox): void {
  const { left, width } = plot.select;
  if (width < 5) return;
  box.current.zoom({ from: plot.posToVal(left, 'x'), to: plot.posToVal(left + width, 'x') });
  plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
}
