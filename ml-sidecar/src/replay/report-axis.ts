/** Width of every picture, and the room left of its plot, in its own units. */
export const WIDTH = 1040;
const LEFT = 150;
const DAY = 86_400;

/** The axis of time that all pictures of a report share. */
export interface Axis {
  readonly from: number;
  readonly to: number;
  /** Where Unix seconds lie. */
  at(time: number): number;
}

/** Times outside of the range lie at its border. */
export function axisOf(from: number, to: number): Axis {
  const share = (time: number): number => Math.max(0, Math.min(1, (time - from) / (to - from)));
  return { from, to, at: (time) => LEFT + share(time) * (WIDTH - LEFT - 18) };
}

/** Vertical lines at midnights (fewer over long ranges), down to `height`, with their dates under it. */
export function axisTicks(axis: Axis, height: number): string {
  const days = (axis.to - axis.from) / DAY;
  const every = Math.max(1, Math.ceil(days / 10)) * DAY;
  let text = '';
  for (let time = Math.ceil(axis.from / DAY) * DAY; time <= axis.to; time += every) {
    const x = axis.at(time).toFixed(1);
    text += `<line class="grid" x1="${x}" x2="${x}" y1="0" y2="${height}"/><text x="${x}" y="${height + 13}" text-anchor="middle">${new Date(time * 1000).toISOString().slice(5, 10)}</text>`;
  }
  return text;
}

/** Text that may stand in HTML, in and out of attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}
