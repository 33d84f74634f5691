import type uPlot from 'uplot';

/** The canvas of a plot with what drawing needs of it; all lengths in device pixels. */
export interface Brush {
  readonly context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Device pixels in one CSS pixel. */
  readonly ratio: number;
  /** The first and last time in view, in ms. */
  readonly from: number;
  readonly to: number;
  readonly x: (time: number) => number;
  /** Where a value stands on a scale; straight where the scale is linear, and by uPlot's own arithmetic where not. */
  readonly y: (scale: string) => (value: number) => number;
  /** What a scale makes of values and times but for where the picture begins, as a string that compares. */
  readonly layout: (scale: string) => string;
}

/** Runs `paint` with a brush that cannot leave the plot's area, and puts the canvas back as it was. */
export function withBrush(plot: uPlot, paint: (brush: Brush) => void): void {
  const { ctx, bbox } = plot;
  const scale = plot.scales['x']!;
  const from = scale.min ?? 0;
  const perMs = bbox.width / ((scale.max ?? 1) - from || 1);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  paint({
    context: ctx,
    left: bbox.left,
    top: bbox.top,
    width: bbox.width,
    height: bbox.height,
    ratio: ctx.canvas.width / plot.width,
    from,
    to: scale.max ?? 1,
    x: (time) => bbox.left + (time - from) * perMs,
    y: (key) => yOf(plot, key),
    layout: (key) => layoutOf(plot, key, perMs),
  });
  ctx.restore();
}

function yOf(plot: uPlot, key: string): (value: number) => number {
  const scale = plot.scales[key];
  const [min, max] = [scale?.min ?? 0, scale?.max ?? 1];
  const bottom = plot.bbox.top + plot.bbox.height;
  if (`${scale?.distr ?? 1}` === '3') {
    // A value at or below zero has no logarithm: it stands below the picture, and a band that reaches it runs out of it.
    const [start, least] = [Math.log(min), min / 1000];
    const perFactor = plot.bbox.height / (Math.log(max) - start || 1);
    return (value) => bottom - (Math.log(value > least ? value : Number.isNaN(value) ? NaN : least) - start) * perFactor;
  }
  if (`${scale?.distr ?? 1}` !== '1') return (value) => plot.valToPos(value, key, true);
  const perUnit = plot.bbox.height / (max - min || 1);
  return (value) => bottom - (value - min) * perUnit;
}

function layoutOf({ scales, bbox }: uPlot, key: string, perMs: number): string {
  const { min, max, distr } = scales[key] ?? {};
  return [perMs.toPrecision(9), bbox.top, bbox.height, min, max, `${distr}`].join(' ');
}
