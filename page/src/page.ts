import type { PageTheme, ThemeChoice } from './chart/theme.ts';
import type { Live } from './data/live.ts';
import type { Signal } from './data/signal.ts';

/** What the charts of a page show: so many seconds before now, or the span that the reader zoomed to (ms). */
export interface Span {
  readonly past: number;
  readonly zoom: { readonly from: number; readonly to: number } | null;
}

/** What every view is handed. */
export interface Page {
  readonly theme: Signal<PageTheme>;
  readonly choice: Signal<ThemeChoice>;
  readonly live: Signal<Live>;
  readonly span: Signal<Span>;
}
