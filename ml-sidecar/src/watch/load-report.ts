import type { Labels } from './labels.ts';

/** What a load did, for counting. */
export interface LoadReport {
  scored: number;
  fits: number;
  /** Seconds of each fit. */
  readonly fitSeconds: number[];
  /** Series left out because the watch was full. */
  overLimit: number;
  /** Series left out because another one differs from them in the metric name alone. */
  duplicates: number;
  readonly failures: { readonly labels: Labels; readonly cause: unknown }[];
}

/** Nothing done yet. */
export function emptyReport(): LoadReport {
  return { scored: 0, fits: 0, fitSeconds: [], overLimit: 0, duplicates: 0, failures: [] };
}
