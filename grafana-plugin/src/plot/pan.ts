import type uPlot from 'uplot';
import type { ContextBox } from './context.ts';

/**
 * Lets a reader drag the time axis: the plot follows the hand, and the new range is asked for when the hand lets go. Until then the
 * values keep their places, so that the picture moves as one and nothing of it is drawn anew.
 */
export function pan(plot: uPlot, box: ContextBox): void {
  const axis = plot.root.querySelector<HTMLElement>('.u-axis');
  if (axis === null) return;
  axis.style.cursor = 'grab';
  axis.style.pointerEvents = 'auto';
  axis.addEventListener('mousedown', (down) => {
    if (down.button !== 0) return;
    down.preventDefault();
    const { from, to } = box.current.range;
    const perPixel = (to - from) / plot.over.clientWidth;
    const held = heldScales(plot);
    let shift = 0;
    const move = (event: MouseEvent): void => {
      shift = (down.clientX - event.clientX) * perPixel;
      box.current = { ...box.current, range: { from: from + shift, to: to + shift } };
      plot.batch(() => {
        plot.setScale('x', { min: from + shift, max: to + shift });
        for (const [key, span] of held) plot.setScale(key, span);
      });
    };
    const release = (): void => {
      document.removeEventListener('mousemove', move);
      document.removeEventListener('mouseup', release);
      if (shift !== 0) box.current.zoom({ from: from + shift, to: to + shift });
    };
    document.addEventListener('mousemove', move);
    document.addEventListener('mouseup', release);
  });
}

function heldScales(plot: uPlot): [key: string, span: { min: number; max: number }][] {
  return Object.entries(plot.scales).flatMap(([key, { min, max }]) =>
    key === 'x' || typeof min !== 'number' || typeof max !== 'number' ? [] : [[key, { min, max }]],
  );
}
