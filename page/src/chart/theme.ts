import type { ChartTheme } from '../../../grafana-plugin/src/plot/context.ts';
import { signalOf, type Signal } from '../data/signal.ts';

/** What the reader chose; `auto` follows the system. */
export type ThemeChoice = 'auto' | 'light' | 'dark';

/** Colours of a chart beside those of its findings. */
export interface PageTheme extends ChartTheme {
  readonly axis: string;
  readonly grid: string;
  /** Of series, told apart under every common colour blindness and against the ground. */
  readonly palette: readonly string[];
}

const typography = { fontFamily: 'system-ui, sans-serif' };

const themes: Readonly<Record<'light' | 'dark', PageTheme>> = {
  light: {
    isDark: false,
    axis: '#545b66',
    grid: 'rgba(30, 40, 60, 0.09)',
    palette: ['#1f62c9', '#b5530a', '#0b7a5c', '#8a3ea8', '#8a6a00', '#b8336a', '#2b7f99', '#5b5f66'],
    colors: {
      text: { primary: '#1c2128', maxContrast: '#000000' },
      background: { primary: '#ffffff' },
      error: { main: '#d1293d' },
      warning: { main: '#c67700' },
    },
    typography,
  },
  dark: {
    isDark: true,
    axis: '#a3abb8',
    grid: 'rgba(220, 230, 250, 0.09)',
    palette: ['#6ea8ff', '#ff9d5c', '#4ecfa4', '#cf9bea', '#e0c04c', '#ff85b1', '#67c7de', '#b4bac4'],
    colors: {
      text: { primary: '#e3e7ee', maxContrast: '#ffffff' },
      background: { primary: '#171b22' },
      error: { main: '#ff5c6e' },
      warning: { main: '#ffb020' },
    },
    typography,
  },
};

const kept = 'presage-theme';

/** The theme that charts draw with, and what the reader chose. Puts the choice on the document and keeps it. */
export function followTheme(): { readonly theme: Signal<PageTheme>; readonly choice: Signal<ThemeChoice> } {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const stored = localStorage.getItem(kept);
  const choice = signalOf<ThemeChoice>(stored === 'light' || stored === 'dark' ? stored : 'auto');
  const theme = signalOf(themes.light);
  const apply = (): void => {
    const chosen = choice.get();
    const name = chosen === 'auto' ? (system.matches ? 'dark' : 'light') : chosen;
    document.documentElement.dataset['theme'] = name;
    theme.set(themes[name]);
  };
  choice.listen((chosen) => {
    localStorage.setItem(kept, chosen);
    apply();
  });
  system.addEventListener('change', apply);
  apply();
  return { theme, choice };
}
