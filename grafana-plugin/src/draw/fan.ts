import { firstAfter, firstAtOrAfter, type Track } from '../model/track.ts';
import type { Brush } from './brush.ts';
import { atOutline, outlineOf } from './outline.ts';
import type { Parts } from './parts.ts';
import type { Columns } from './thin.ts';

/** How strongly one band covers what lies under it, before and after now. Nested bands add up. */
export interface FanInk {
  readonly color: string;
  readonly past: number;
  readonly future: number;
}

/** Fills the bands of a series; where samples lie denser than pixels, each pixel column shows its extremes. */
export function drawFan(brush: Brush, { bands }: Parts, scale: string, ink: FanInk): void {
  // Two fills of one colour each: a gradient with a hard stop costs several times as much.
  for (const { past, future } of bands) {
    if (ink.past > 0) fill(brush, past, scale, withAlpha(ink.color, ink.past));
    fill(brush, future, scale, withAlpha(ink.color, ink.future));
  }
}

function fill(brush: Brush, edges: Columns, scale: string, color: string): void {
  if (edges.times.length === 0) return;
  brush.context.fillStyle = color;
  atOutline(brush, outlineOf(brush, edges, scale, 'area'), (path) => brush.context.fill(path));
}

/** Strokes a line with the brush's present style, thinned like a band. Lifts at gaps. */
export function strokeLine(brush: Brush, edges: Columns, scale: string): void {
  if (edges.times.length === 0) return;
  atOutline(brush, outlineOf(brush, edges, scale, 'line'), (path) => brush.context.stroke(path));
}

/** Strokes a short track from sample to sample with the brush's present style, one sample a pixel. Lifts at gaps. */
export function strokeTrack(brush: Brush, track: Track, y: (value: number) => number): void {
  const { context } = brush;
  const { start, end } = visibleSpan(brush, track.times);
  context.beginPath();
  let down = false;
  let column = NaN;
  for (let index = start; index < end; index++) {
    const value = track.values[index]!;
    if (Number.isNaN(value)) {
      down = false;
      continue;
    }
    const x = brush.x(track.times[index]!);
    const pixel = Math.round(x);
    if (down && pixel === column && index < end - 1) continue;
    if (down) context.lineTo(x, y(value));
    else context.moveTo(x, y(value));
    down = true;
    column = pixel;
  }
  context.stroke();
}

/** The samples in view and one beyond either end, so that lines run out of the picture. */
function visibleSpan(brush: Brush, times: Float64Array): { start: number; end: number } {
  return {
    start: Math.max(0, firstAtOrAfter(times, brush.from) - 1),
    end: Math.min(times.length, firstAfter(times, brush.to) + 1),
  };
}

/** A colour "#rrggbb" or "rgb(…)" made see-through. */
export function withAlpha(color: string, alpha: number): string {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(color);
  const parts = hex ? hex.slice(1).map((part) => parseInt(part, 16)) : (color.match(/[\d.]+/g) ?? ['128', '128', '128']).slice(0, 3);
  return `rgba(${parts.join(', ')}, ${alpha})`;
}
