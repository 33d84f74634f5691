import type { Brush } from './brush.ts';

export type Shape = 'up' | 'down' | 'diamond' | 'flag';

/** A marker that is told by its shape: filled with `color`, outlined in `outline`, centred on x and y (device pixels). */
export function drawMarker(brush: Brush, shape: Shape, x: number, y: number, color: string, outline: string): void {
  const { context, ratio } = brush;
  const half = 5.5 * ratio;
  context.beginPath();
  for (const [dx, dy] of corners[shape]) context.lineTo(x + dx * half, y + dy * half);
  context.closePath();
  context.setLineDash([]);
  context.lineJoin = 'round';
  context.fillStyle = color;
  context.fill();
  context.lineWidth = 1.5 * ratio;
  context.strokeStyle = outline;
  context.stroke();
}

const corners: Readonly<Record<Shape, readonly (readonly [number, number])[]>> = {
  up: [
    [0, -1],
    [1, 0.8],
    [-1, 0.8],
  ],
  down: [
    [0, 1],
    [1, -0.8],
    [-1, -0.8],
  ],
  diamond: [
    [0, -1.1],
    [1.1, 0],
    [0, 1.1],
    [-1.1, 0],
  ],
  flag: [
    [-0.15, 0],
    [-0.15, -2.4],
    [1.7, -1.7],
    [0.15, -1],
    [0.15, 0],
  ],
};
