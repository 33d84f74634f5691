import type uPlot from 'uplot';
import type { ContextBox } from './context.ts';

/**
 * Makes a plot readable and zoomable by keyboard: ← → step from sample to sample (with Shift by ten), Home and End go to the ends,
 * N to now, Space marks one end of a span and zooms to it when pressed again, − zooms out, Escape drops mark and cursor. The cursor
 * moves as the mouse would move it, so the tooltip follows; what it shows is also announced.
 */
export function keyboard(plot: uPlot, box: ContextBox): void {
  let mark: number | null = null;
  /** The sample that was gone to, and where the cursor then was: several may lie within one pixel. */
  let reached: { readonly time: number; readonly cursor: number | null | undefined } | null = null;
  const focusTarget = plot.root;
  focusTarget.tabIndex = 0;
  focusTarget.setAttribute('role', 'application');
  focusTarget.setAttribute('aria-roledescription', 'forecast chart');
  focusTarget.setAttribute('aria-label', 'Forecast chart. Arrow keys read the samples, N goes to now, Space marks a span to zoom to.');

  const moveTo = (index: number): void => {
    const time = plot.data[0][index];
    if (time === undefined) return;
    point(plot, plot.valToPos(time, 'x'));
    reached = { time, cursor: plot.cursor.idx };
    if (mark !== null) select(plot, mark, index);
    box.current.announce(time);
  };
  const drop = (): void => {
    [mark, reached] = [null, null];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    point(plot, -10);
    box.current.announce(null);
  };
  const span = (event: KeyboardEvent): void => {
    const { from, to } = box.current.range;
    const pointed = plot.cursor.idx;
    const here = reached && pointed === reached.cursor ? indexAt(plot, reached.time) : (pointed ?? indexAt(plot, box.current.now));
    const steps: Readonly<Record<string, () => void>> = {
      ArrowRight: () => moveTo(step(plot, here, event.shiftKey ? 10 : 1)),
      ArrowLeft: () => moveTo(step(plot, here, event.shiftKey ? -10 : -1)),
      Home: () => moveTo(indexAt(plot, from)),
      End: () => moveTo(step(plot, indexAt(plot, to) + 1, -1)),
      n: () => moveTo(indexAt(plot, box.current.now)),
      ' ': () => {
        if (mark === null) mark = here;
        else zoomTo(mark, here);
      },
      '-': () => box.current.zoom({ from: from - (to - from) / 2, to: to + (to - from) / 2 }),
      Escape: drop,
    };
    const action = steps[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  };
  const zoomTo = (a: number, b: number): void => {
    const [from, to] = [plot.data[0][Math.min(a, b)]!, plot.data[0][Math.max(a, b)]!];
    drop();
    if (to > from) box.current.zoom({ from, to });
  };
  focusTarget.addEventListener('keydown', span);
  focusTarget.addEventListener('blur', drop);
}

/** Moves the cursor as a mouse would, x in CSS pixels from the plot's left edge; outside of it the cursor goes. */
function point(plot: uPlot, x: number): void {
  const area = plot.over.getBoundingClientRect();
  if (x < 0) {
    plot.over.dispatchEvent(new MouseEvent('mouseleave'));
    plot.setCursor({ left: -10, top: -10 });
    return;
  }
  const at = { clientX: area.left + x, clientY: area.top + area.height / 2, bubbles: true, view: window };
  plot.over.dispatchEvent(new MouseEvent('mouseenter', at));
  plot.over.dispatchEvent(new MouseEvent('mousemove', at));
}

/** The index `count` samples on, held within the visible time. */
function step(plot: uPlot, from: number, count: number): number {
  const times = plot.data[0];
  const { min, max } = plot.scales['x']!;
  let index = Math.min(times.length - 1, Math.max(0, from + count));
  while (index > 0 && times[index]! > (max ?? Infinity)) index--;
  while (index < times.length - 1 && times[index]! < (min ?? -Infinity)) index++;
  return index;
}

function indexAt(plot: uPlot, time: number): number {
  const times = plot.data[0];
  let index = 0;
  while (index < times.length - 1 && times[index]! < time) index++;
  return index;
}

function select(plot: uPlot, a: number, b: number): void {
  const [from, to] = [plot.valToPos(plot.data[0][Math.min(a, b)]!, 'x'), plot.valToPos(plot.data[0][Math.max(a, b)]!, 'x')];
  plot.setSelect({ left: from, width: to - from, top: 0, height: plot.over.clientHeight }, false);
}
