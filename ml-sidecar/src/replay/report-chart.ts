import type { Firing } from './alert-timeline.ts';
import type { Incident } from './incidents.ts';
import type { SeenSeries } from './replay.ts';
import { escapeHtml, type Axis, axisTicks, WIDTH } from './report-axis.ts';

const HEIGHT = 130;
const COLUMNS = 700;

/** One series as it went, its limits, what happened to it, and every alert about it with the set of rules that gave it. */
export function seriesChart(
  seen: SeenSeries,
  incidents: readonly Incident[],
  firings: readonly (Firing & { readonly set: string; readonly incident: number })[],
  axis: Axis,
): string {
  const skip = Math.max(0, Math.round((axis.from - seen.start) / seen.step));
  const values = seen.values.subarray(skip);
  const [low, high] = rangeOf(
    values,
    seen.limits.map(({ value }) => value),
  );
  const y = (value: number): number => 6 + (1 - (value - low) / (high - low)) * (HEIGHT - 12);
  const labels = Object.entries(seen.labels).map(([name, value]) => `${name}=${value}`);
  const title = `${seen.watch} ${labels.join(' ')}`;
  const bars = incidents.map(({ hurt, end }) => {
    const x = axis.at(hurt);
    return `<rect class="incident" opacity="0.35" x="${x.toFixed(1)}" y="0" width="${Math.max(2, axis.at(end) - x).toFixed(1)}" height="${HEIGHT}"/>`;
  });
  const limits = seen.limits
    .filter(({ value }) => value >= low && value <= high)
    .map(({ name, value }) => {
      const at = y(value).toFixed(1);
      return `<line class="limit" x1="${axis.at(axis.from)}" x2="${WIDTH}" y1="${at}" y2="${at}"/><text x="${WIDTH - 4}" y="${Number(at) - 3}" text-anchor="end">${escapeHtml(name)}</text>`;
    });
  const sets = [...new Set(firings.map(({ set }) => set))];
  const marks = firings.map((firing) => {
    const row = HEIGHT + 10 + sets.indexOf(firing.set) * 13;
    const x = axis.at(firing.start);
    const tip = `<title>${escapeHtml(`${firing.set}: ${firing.alert}`)}</title>`;
    return firing.incident >= 0
      ? `<circle class="right" cx="${x.toFixed(1)}" cy="${row}" r="4">${tip}</circle>`
      : `<path class="wrong" d="M${(x - 3).toFixed(1)} ${row - 3}l6 6m0 -6l-6 6">${tip}</path>`;
  });
  const names = sets.map((set, i) => `<text class="lane" x="4" y="${HEIGHT + 14 + i * 13}">${escapeHtml(set)}</text>`);
  const bottom = HEIGHT + 8 + sets.length * 13;
  return `<figure><figcaption>${escapeHtml(title)}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${bottom + 18}" role="img" aria-label="${escapeHtml(`${title}: ${firings.length} alerts`)}">
${axisTicks(axis, bottom)}${bars.join('')}${limits.join('')}<path class="value" d="${pathOf(values, seen.step, axis, y)}"/>
<text x="4" y="14">${shown(high)}</text><text x="4" y="${HEIGHT - 2}">${shown(low)}</text>${names.join('')}${marks.join('')}
</svg></figure>`;
}

function rangeOf(values: Float64Array, limits: readonly number[]): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  // A limit near what was seen belongs into the picture; one far away would flatten it.
  for (const limit of limits) {
    if (limit > high && limit - high <= 2 * (high - low)) high = limit;
    if (limit < low && low - limit <= 2 * (high - low)) low = limit;
  }
  const margin = 0.04 * (high - low) || Math.abs(high) * 0.1 || 1;
  return [low - margin, high + margin];
}

/** The lowest and the highest value of each column of the picture, in turn; gaps stay gaps. */
function pathOf(values: Float64Array, step: number, axis: Axis, y: (value: number) => number): string {
  const per = Math.max(1, Math.ceil(values.length / COLUMNS));
  let text = '';
  let open = false;
  for (let from = 0; from < values.length; from += per) {
    const part = values.subarray(from, from + per).filter((value) => Number.isFinite(value));
    if (part.length === 0) {
      open = false;
      continue;
    }
    const x = axis.at(axis.from + from * step).toFixed(1);
    const ends = per === 1 ? [part[0]] : [Math.min(...part), Math.max(...part)];
    for (const value of ends) {
      text += `${open ? 'L' : 'M'}${x} ${y(value).toFixed(1)}`;
      open = true;
    }
  }
  return text;
}

const shown = (value: number): string => String(Number(value.toPrecision(3)));
