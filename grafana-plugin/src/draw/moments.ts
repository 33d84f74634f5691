import type { PlotContext } from '../plot/context.ts';
import type { Brush } from './brush.ts';
import { withAlpha } from './fan.ts';
import type { Labels } from './labels.ts';

/** The line between what was and what is to come, with its word. */
export function drawNow(brush: Brush, shown: PlotContext, labels: Labels): void {
  const { context, ratio } = brush;
  const x = Math.round(brush.x(shown.now)) + 0.5;
  if (x < brush.left || x > brush.left + brush.width) return;
  context.setLineDash([]);
  context.lineWidth = ratio;
  context.strokeStyle = withAlpha(shown.theme.colors.text.primary, 0.7);
  context.beginPath();
  context.moveTo(x, brush.top + 16 * ratio);
  context.lineTo(x, brush.top + brush.height);
  context.stroke();
  labels.place('now', [[x, brush.top + 8 * ratio]], shown.theme.colors.text.primary);
}

/** The dashboard's notes: a dashed line with a foot for a moment, a strip for a span. Their texts show in the tooltip. */
export function drawAnnotations(brush: Brush, shown: PlotContext): void {
  const { context, ratio } = brush;
  const bottom = brush.top + brush.height;
  for (const note of shown.annotations) {
    const [from, to] = [brush.x(note.from), brush.x(note.to)];
    if (note.to > note.from) {
      context.fillStyle = withAlpha(note.color, 0.12);
      context.fillRect(from, brush.top, to - from, brush.height);
    }
    context.setLineDash([4 * ratio, 3 * ratio]);
    context.lineWidth = ratio;
    context.strokeStyle = note.color;
    context.beginPath();
    for (const x of note.to > note.from ? [from, to] : [from]) {
      context.moveTo(x, brush.top);
      context.lineTo(x, bottom);
    }
    context.stroke();
    context.fillStyle = note.color;
    context.beginPath();
    context.moveTo(from - 5 * ratio, bottom);
    context.lineTo(from + 5 * ratio, bottom);
    context.lineTo(from, bottom - 7 * ratio);
    context.fill();
  }
}
