import type { JSX } from 'preact';
import { useSignal } from '../data/signal.ts';
import type { Page } from '../page.ts';

const hour = 3600;
const spans: readonly (readonly [seconds: number, words: string])[] = [
  [6 * hour, '6 h'],
  [24 * hour, '24 h'],
  [3 * 24 * hour, '3 d'],
  [7 * 24 * hour, '7 d'],
  [14 * 24 * hour, '14 d'],
];

/** How much past and future the charts of this view show, and the way back from a zoom. */
export const Spans = ({ page }: { page: Page }): JSX.Element => {
  const span = useSignal(page.span);
  return (
    <div class="spans" role="group" aria-label="Time shown">
      {spans.map(([past, words]) => (
        <button
          key={past}
          type="button"
          aria-pressed={span.zoom === null && span.past === past}
          onClick={() => page.span.set({ past, zoom: null })}
        >
          {words}
        </button>
      ))}
      {span.zoom !== null && (
        <button type="button" onClick={() => page.span.set({ ...span, zoom: null })}>
          Undo zoom
        </button>
      )}
    </div>
  );
};
