import type { Brush } from './brush.ts';

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Writes labels on a plot so that none covers another: a label tries its places in turn and stays away when all are taken. */
export interface Labels {
  /** Puts `text` at the first free place, x and y of its centre in device pixels; false when there was none. */
  place(text: string, places: readonly (readonly [x: number, y: number])[], color: string): boolean;
  /** Keeps labels off a square around a marker. */
  reserve(x: number, y: number, size: number): void;
}

/** Labels in `font` family with a halo of `halo` colour, so that they read on any ground. */
export function labelsOn(brush: Brush, font: string, halo: string): Labels {
  const { context, ratio } = brush;
  const taken: Box[] = [];
  const size = 11 * ratio;
  const isFree = (box: Box): boolean =>
    box.top >= brush.top - 1 &&
    box.bottom <= brush.top + brush.height + 1 &&
    taken.every((other) => box.right <= other.left || box.left >= other.right || box.bottom <= other.top || box.top >= other.bottom);
  return {
    place(text, places, color) {
      context.font = `500 ${size}px ${font}`;
      const half = context.measureText(text).width / 2 + 3 * ratio;
      for (const [wantedX, y] of places) {
        const x = Math.min(Math.max(wantedX, brush.left + half), brush.left + brush.width - half);
        const box = { left: x - half, right: x + half, top: y - size * 0.7, bottom: y + size * 0.7 };
        if (!isFree(box)) continue;
        taken.push(box);
        context.textAlign = 'center';
        context.textBaseline = 'middle';
        context.lineJoin = 'round';
        context.lineWidth = 3 * ratio;
        context.setLineDash([]);
        context.strokeStyle = halo;
        context.strokeText(text, x, y);
        context.fillStyle = color;
        context.fillText(text, x, y);
        return true;
      }
      return false;
    },
    reserve(x, y, side) {
      taken.push({ left: x - side / 2, right: x + side / 2, top: y - side / 2, bottom: y + side / 2 });
    },
  };
}
