import type { Brush } from './brush.ts';
import { simplify, thin, within, type Columns } from './thin.ts';

/** A path in device pixels, its x counted from that of `anchor` (ms), and the times that it is good for. */
export interface Outline {
  readonly path: Path2D;
  readonly anchor: number;
}

interface Kept extends Outline {
  readonly layout: string;
  readonly from: number;
  readonly to: number;
}

/** How far a drawn edge may lie from its samples, in CSS pixels: for a line less than anti-aliasing shows, for a faint area a little more. */
const tolerance = { line: 0.15, area: 0.4 };

const outlines = new WeakMap<Columns, Kept>();
const columns = new WeakMap<Columns, { readonly width: number; readonly thinned: Columns }>();

/**
 * The outline of edges on a scale, as an area or as one line. It is kept for as long as the edges are and drawn again while scale,
 * size and zoom stay, also when the picture moves along the time axis.
 */
export function outlineOf(brush: Brush, edges: Columns, scale: string, kind: 'area' | 'line'): Outline {
  const layout = `${kind} ${brush.layout(scale)}`;
  const known = outlines.get(edges);
  if (known !== undefined && known.layout === layout && known.from <= brush.from && known.to >= brush.to) return known;
  const span = brush.to - brush.from;
  const [from, to] = reachOf(brush);
  const visible = within(thinned(edges, span / brush.width), from, to);
  const kept = { layout, from, to, anchor: brush.from, path: trace(brush, visible, brush.y(scale), kind) };
  outlines.set(edges, kept);
  return kept;
}

/** The times for which outlines are made, in ms: the picture and half of one to either side, so that it can be moved. */
export function reachOf({ from, to }: Brush): [from: number, to: number] {
  return [from - (to - from) / 2, to + (to - from) / 2];
}

/** Runs `paint` with the canvas moved to where an outline stands. */
export function atOutline(brush: Brush, { anchor, path }: Outline, paint: (path: Path2D) => void): void {
  const shift = brush.x(anchor);
  brush.context.translate(shift, 0);
  paint(path);
  brush.context.translate(-shift, 0);
}

function thinned(edges: Columns, width: number): Columns {
  const known = columns.get(edges);
  if (known !== undefined && Math.abs(known.width / width - 1) < 1e-9) return known.thinned;
  const made = thin(edges, width);
  columns.set(edges, { width, thinned: made });
  return made;
}

function trace(brush: Brush, edges: Columns, y: (value: number) => number, kind: 'area' | 'line'): Path2D {
  const path = new Path2D();
  const zero = brush.x(brush.from);
  const xs = edges.times.map((time) => brush.x(time) - zero);
  const tops = edges.upper.map(y);
  const bottoms = edges.lower === edges.upper ? tops : edges.lower.map(y);
  const add = kind === 'area' ? addArea : addLine;
  for (let start = 0; start < xs.length; start++) {
    let end = start;
    while (end < xs.length && !Number.isNaN(tops[end]!) && !Number.isNaN(bottoms[end]!)) end++;
    if (end > start) add(path, xs.subarray(start, end), tops.subarray(start, end), bottoms.subarray(start, end), brush.ratio);
    start = end;
  }
  return path;
}

type AddRun = (path: Path2D, xs: Float64Array, tops: Float64Array, bottoms: Float64Array, ratio: number) => void;

const addArea: AddRun = (path, xs, tops, bottoms, ratio) => {
  if (xs.length === 1) {
    path.rect(xs[0]! - 1.5 * ratio, tops[0]!, 3 * ratio, bottoms[0]! - tops[0]!);
    return;
  }
  const [over, under] = [simplify(xs, tops, tolerance.area * ratio), simplify(xs, bottoms, tolerance.area * ratio)];
  path.moveTo(xs[0]!, tops[0]!);
  for (const index of over) path.lineTo(xs[index]!, tops[index]!);
  for (let at = under.length - 1; at >= 0; at--) path.lineTo(xs[under[at]!]!, bottoms[under[at]!]!);
  path.closePath();
};

const addLine: AddRun = (path, xs, tops, bottoms, ratio) => {
  if (xs.length === 1) {
    path.moveTo(xs[0]! + ratio, tops[0]!);
    path.arc(xs[0]!, tops[0]!, ratio, 0, 2 * Math.PI);
    return;
  }
  const [lineXs, lineYs] = tops.buffer === bottoms.buffer ? [xs, tops] : zigzag(xs, tops, bottoms, ratio);
  const kept = simplify(lineXs, lineYs, tolerance.line * ratio);
  path.moveTo(lineXs[0]!, lineYs[0]!);
  for (const index of kept) path.lineTo(lineXs[index]!, lineYs[index]!);
};

/** A line through both extremes of every column, the nearer one to where it stands first. */
function zigzag(xs: Float64Array, tops: Float64Array, bottoms: Float64Array, ratio: number): [Float64Array, Float64Array] {
  const [lineXs, lineYs] = [new Float64Array(2 * xs.length), new Float64Array(2 * xs.length)];
  let stands = tops[0]!;
  for (let index = 0; index < xs.length; index++) {
    const [top, bottom] = [tops[index]!, bottoms[index]!];
    const isTopFirst = Math.abs(stands - top) <= Math.abs(stands - bottom);
    lineXs[2 * index] = xs[index]!;
    lineXs[2 * index + 1] = xs[index]! + 0.4 * ratio;
    lineYs[2 * index] = isTopFirst ? top : bottom;
    stands = lineYs[2 * index + 1] = isTopFirst ? bottom : top;
  }
  return [lineXs, lineYs];
}
