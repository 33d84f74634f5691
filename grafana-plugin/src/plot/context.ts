import type { Limit } from '../model/breach.ts';
import type { SeriesView } from '../model/readModel.ts';

/** A note of the dashboard at a time or over a span, in ms. */
export interface Annotation {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly color: string;
}

/** What drawing needs of a theme; Grafana's is one. Colours are #rrggbb or rgb(…). */
export interface ChartTheme {
  readonly isDark: boolean;
  readonly colors: {
    readonly text: { readonly primary: string; readonly maxContrast: string };
    readonly background: { readonly primary: string };
    readonly error: { readonly main: string };
    readonly warning: { readonly main: string };
  };
  readonly typography: { readonly fontFamily: string };
}

/**
 * What the plot's hooks read when they draw. It changes with every refresh while the plot itself lives on, so hooks hold the box
 * and never its content.
 */
export interface PlotContext {
  readonly now: number;
  readonly range: { readonly from: number; readonly to: number };
  readonly series: readonly SeriesView[];
  readonly annotations: readonly Annotation[];
  readonly theme: ChartTheme;
  readonly showPast: boolean;
  readonly showNow: boolean;
  readonly showAnomalies: boolean;
  readonly clock: (time: number) => string;
  readonly zoom: (range: { from: number; to: number }) => void;
  readonly announce: (time: number | null) => void;
}

export interface ContextBox {
  current: PlotContext;
}

/** The y scale of a series: one for each unit. */
export function scaleOf(series: SeriesView): string {
  return `y ${series.lead.unit}`;
}

/** The limits of all shown series, each value once. */
export function limitsOf(series: readonly SeriesView[]): { limit: Limit; scale: string }[] {
  const seen = new Map<string, { limit: Limit; scale: string }>();
  for (const one of series)
    for (const limit of one.limits) {
      const scale = scaleOf(one);
      seen.set(`${scale} ${limit.side} ${limit.value}`, { limit, scale });
    }
  return [...seen.values()];
}
