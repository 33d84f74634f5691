import { urgency, type Breach } from '../model/breach.ts';
import type { SeriesView } from '../model/readModel.ts';
import { valueAt } from '../model/track.ts';
import { scaleOf, type PlotContext } from '../plot/context.ts';
import type { Brush } from './brush.ts';
import type { Labels } from './labels.ts';
import { drawMarker } from './markers.ts';

/** At most so many whiskers, the most urgent first; flags are drawn for all. */
const whiskers = 5;

interface Place {
  readonly breach: Breach;
  readonly color: string;
  /** The time that the flag and its label speak of. */
  readonly at: number;
  readonly x: number;
  readonly y: number;
}

/** Where a limit is passed: a whisker over the band's span on the limit and a flag at the median, with the time. */
export function drawBreaches(brush: Brush, shown: PlotContext, labels: Labels): void {
  const { text, warning } = shown.theme.colors;
  const { ratio } = brush;
  const all = shown.series.flatMap((series) => series.breaches.map((breach) => ({ series, breach })));
  const pending = all.filter(({ breach }) => !breach.passed).sort((a, b) => urgency(a.breach) - urgency(b.breach));
  const places = pending.map(({ series, breach }) => placeOf(brush, shown, series, breach)).filter((place) => place !== null);
  const drawn = places.slice(0, whiskers);
  for (const [lane, place] of drawn.entries()) drawWhisker(brush, shown, place, lane);
  for (const { breach, x, y } of places) {
    if (breach.median !== null) drawMarker(brush, 'flag', x, y, warning.main, text.primary);
    labels.reserve(x + 3 * ratio, y - 6 * ratio, 13 * ratio);
  }
  const below = 12 + 7 * Math.max(1, drawn.length);
  for (const { breach, at, x, y } of places) {
    const label = `${breach.median === null ? 'from ' : ''}${shown.clock(at)}`;
    labels.place(
      label,
      [-24, below, -38].map((offset) => [x, y + offset * ratio]),
      text.maxContrast,
    );
  }
}

function placeOf(brush: Brush, shown: PlotContext, series: SeriesView, breach: Breach): Place | null {
  const at = breach.median ?? breach.from;
  if (at === null || at < shown.range.from || at > shown.range.to) return null;
  const level = breach.limit.value ?? valueAt(series.median, at);
  if (Number.isNaN(level)) return null;
  const color = shown.series.length > 1 ? series.color : shown.theme.colors.text.primary;
  return { breach, color, at, x: brush.x(at), y: brush.y(scaleOf(series))(level) };
}

/** From the earliest to the latest time of the band, open to the right where the latest is beyond the forecast. */
function drawWhisker(brush: Brush, shown: PlotContext, { breach, color, y: level }: Place, lane: number): void {
  if (breach.from === null) return;
  const { context, ratio } = brush;
  // Several whiskers on one limit lie one below the other.
  const y = level + lane * 7 * ratio;
  const [left, right] = [brush.x(breach.from), breach.to === null ? brush.left + brush.width : brush.x(breach.to)];
  const cap = 3.5 * ratio;
  context.setLineDash([]);
  context.beginPath();
  context.moveTo(left, y - cap);
  context.lineTo(left, y + cap);
  context.moveTo(left, y);
  context.lineTo(right, y);
  if (breach.to !== null) {
    context.moveTo(right, y - cap);
    context.lineTo(right, y + cap);
  }
  context.lineWidth = 4 * ratio;
  context.strokeStyle = shown.theme.colors.background.primary;
  context.stroke();
  context.lineWidth = 2 * ratio;
  context.strokeStyle = color;
  context.stroke();
}
