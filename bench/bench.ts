/** One bar: what was measured, what is wanted, and whether it holds. */
export interface BenchRow {
  readonly what: string;
  /** As a reader would say it: "≤ 0.40×". Empty for a figure that is shown without a bar. */
  readonly wanted: string;
  readonly measured: string;
  readonly holds: boolean;
}

/** One benchmark, in a file of its name, listed in bench/main.ts. */
export interface Bench {
  readonly name: string;
  /** Measures; says what it does by `say`. Throws where it cannot run at all. */
  run(say: (line: string) => void): Promise<readonly BenchRow[]>;
}

/** A row for a figure that must not exceed its bar; `unit` stands behind both. */
export function atMost(what: string, measured: number, bar: number, unit: string, digits = 2): BenchRow {
  return { what, wanted: `≤ ${bar.toFixed(digits)}${unit}`, measured: `${measured.toFixed(digits)}${unit}`, holds: measured <= bar };
}

/** A row for a figure that must not fall short of its bar; `unit` stands behind both. */
export function atLeast(what: string, measured: number, bar: number, unit: string, digits = 2): BenchRow {
  return { what, wanted: `≥ ${bar.toFixed(digits)}${unit}`, measured: `${measured.toFixed(digits)}${unit}`, holds: measured >= bar };
}

/** A row that shows a figure and asks nothing. */
export function shown(what: string, measured: string): BenchRow {
  return { what, wanted: '', measured, holds: true };
}

/** The value below which a share `quantile` of the values lies, by nearest rank. The values are not changed. */
export function quantileOf(values: readonly number[], quantile: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(quantile * sorted.length) - 1))] ?? Number.NaN;
}
