import type { Band } from '../model/bands.ts';
import { firstAfter, firstAtOrAfter, type Track } from '../model/track.ts';
import type { Brush } from './brush.ts';

/** How strongly one band covers what lies under it, before and after now. Nested bands add up. */
export interface FanInk {
  readonly color: string;
  readonly past: number;
  readonly future: number;
}

/** Fills one band; where samples lie denser than pixels, each pixel column shows its extremes. */
export function drawBand(brush: Brush, band: Band, y: (value: number) => number, now: number, ink: FanInk): void {
  const visible = visibleSpan(brush, band.times);
  const border = Math.min(visible.end, Math.max(visible.start, firstAtOrAfter(band.times, now)));
  // Two fills of one colour each: a gradient with a hard stop costs several times as much. They share the sample at the border.
  if (ink.past > 0)
    fillSpan(brush, band, { start: visible.start, end: Math.min(visible.end, border + 1) }, y, withAlpha(ink.color, ink.past));
  fillSpan(brush, band, { start: border, end: visible.end }, y, withAlpha(ink.color, ink.future));
}

function fillSpan(brush: Brush, band: Band, span: { start: number; end: number }, y: (value: number) => number, color: string): void {
  brush.context.fillStyle = color;
  for (let index = span.start; index < span.end;) {
    if (Number.isNaN(band.lower[index]) || Number.isNaN(band.upper[index])) {
      index++;
      continue;
    }
    let end = index;
    while (end < span.end && !Number.isNaN(band.lower[end]) && !Number.isNaN(band.upper[end])) end++;
    fillRun(brush, band, index, end, y);
    index = end;
  }
}

/** Strokes a line from sample to sample with the brush's present style, thinned like a band. Lifts at gaps. */
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

function fillRun(brush: Brush, band: Band, start: number, end: number, y: (value: number) => number): void {
  const xs: number[] = [];
  const tops: number[] = [];
  const bottoms: number[] = [];
  for (let index = start; index < end; index++) {
    const x = brush.x(band.times[index]!);
    const [top, bottom] = [band.upper[index]!, band.lower[index]!];
    const last = xs.length - 1;
    if (last > 0 && Math.round(x) === Math.round(xs[last]!)) {
      if (top > tops[last]!) tops[last] = top;
      if (bottom < bottoms[last]!) bottoms[last] = bottom;
    } else {
      xs.push(x);
      tops.push(top);
      bottoms.push(bottom);
    }
  }
  const { context, ratio } = brush;
  context.beginPath();
  if (xs.length === 1) {
    const [x, top] = [xs[0]! - 1.5 * ratio, y(tops[0]!)];
    context.rect(x, top, 3 * ratio, y(bottoms[0]!) - top);
  } else {
    for (let index = 0; index < xs.length; index++) context.lineTo(xs[index]!, y(tops[index]!));
    for (let index = xs.length - 1; index >= 0; index--) context.lineTo(xs[index]!, y(bottoms[index]!));
    context.closePath();
  }
  context.fill();
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
