import type uPlot from 'uplot';
import type { Brush } from './brush.ts';
import { reachOf } from './outline.ts';

/** A picture that is kept: what it was painted of, and the times (ms) from its left edge to its right one. */
interface Layer {
  readonly canvas: OffscreenCanvas;
  readonly subject: readonly unknown[];
  readonly from: number;
  readonly to: number;
}

const layers = new WeakMap<uPlot, Layer>();

/**
 * Puts on the plot what `paint` paints, and keeps it as a picture: it is painted anew only when one of `subject` is another or the
 * picture was moved beyond what is kept. To fill and stroke many dense series takes far longer than to copy the pixels, and while
 * a reader drags the time axis they only move. `extent` is the span of the samples in ms: nothing is kept beyond it.
 */
export function paintKept(
  plot: uPlot,
  brush: Brush,
  subject: readonly unknown[],
  extent: readonly [from: number, to: number],
  paint: (brush: Brush) => void,
): void {
  const [needFrom, needTo] = [Math.max(brush.from, extent[0]), Math.min(brush.to, extent[1])];
  if (needTo < needFrom || brush.width < 1 || brush.height < 1) return;
  const known = layers.get(plot);
  const holds = known !== undefined && known.from <= needFrom && known.to >= needTo && isSame(known.subject, subject);
  const layer = holds ? known : painted(brush, subject, extent, paint);
  if (!holds) layers.set(plot, layer);
  brush.context.drawImage(layer.canvas, Math.round(brush.x(layer.from)), brush.top);
}

function painted(brush: Brush, subject: readonly unknown[], extent: readonly [number, number], paint: (brush: Brush) => void): Layer {
  const [reachFrom, reachTo] = reachOf(brush);
  // Line caps and lone samples stand out a little beyond their times.
  const margin = (brush.to - brush.from) * (8 / brush.width) * brush.ratio;
  const pixel = (brush.to - brush.from) / brush.width;
  const steps = Math.floor((brush.from - Math.max(reachFrom, extent[0] - margin)) / pixel);
  // Whole pixels from the left edge of the plot, so that what is kept meets the grid of pixels when it is put there.
  const from = brush.from - steps * pixel;
  const width = Math.max(1, Math.ceil((Math.min(reachTo, extent[1] + margin) - from) / pixel));
  const canvas = new OffscreenCanvas(width, Math.ceil(brush.height));
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('this browser gave no canvas to draw on');
  const left = brush.x(from);
  context.translate(-left, -brush.top);
  paint({ ...brush, context, left, width, from, to: from + width * pixel });
  return { canvas, subject, from, to: from + width * pixel };
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one, index) => Object.is(one, b[index]));
}
