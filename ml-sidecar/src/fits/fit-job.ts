import type { CalibratedForecaster } from '../evaluate/calibrate.ts';
import type { Choice } from '../forecasters/forecaster.ts';

/** What all fits of a watch have in common. Plain data: it goes to threads and to other machines. */
export interface FitTerms {
  /** Name of the watch; the fits of each watch get a fair share. */
  readonly watch: string;
  /** Name of a listed forecaster. */
  readonly forecaster: string;
  /** Seconds between two values. */
  readonly step: number;
  /** How far is forecast, in steps. */
  readonly steps: number;
  /** Values between which the series physically stays. Either may be infinite. */
  readonly bounds: readonly [number, number];
  /** Quantile levels of the forecast, ascending. */
  readonly levels: readonly number[];
  /** IANA name of the time zone that the seasons follow. Absent: UTC. */
  readonly timezone?: string;
  /** Holidays: whole days since 1970 on the wall clock, and their names. Absent: none are known. */
  readonly holidays?: readonly (readonly [number, string])[];
}

/** One fit to be made: a pure function of what stands here. Plain data. */
export interface FitJob {
  /** The same object for all jobs of a watch, so that a batch carries it once. */
  readonly terms: FitTerms;
  /** Time of the first value, Unix seconds, a multiple of the step. */
  readonly start: number;
  /** A gap is NaN. */
  readonly values: Float32Array;
  /** How much each value may teach, in parts of WEIGHT_PARTS. */
  readonly weights: Uint8Array;
  /** `choice` of the last fit of the same series, for a forecaster that compares others. */
  readonly previous?: Choice;
}

/** A fit as it is taken up by its series. Plain data. */
export interface Fit extends Omit<CalibratedForecaster, 'forecast'> {
  /** Time of the first column, Unix seconds: the origin plus one step. */
  readonly start: number;
  /** One row for each level of the terms, one column for each step ahead; ordered, finite as far as 32 bits reach. */
  readonly rows: readonly Float32Array[];
}

/** What became of a job: a fit, or why there is none, in words; or nothing, as the executor was closed. `seconds` of work. */
export type FitOutcome =
  | { readonly kind: 'fit'; readonly fit: Fit; readonly seconds: number }
  | { readonly kind: 'fault'; readonly fault: string; readonly seconds: number }
  | { readonly kind: 'ended' };

/** Who makes fits: this thread, others, or other machines. */
export interface FitExecutor {
  /**
   * Makes fits; one outcome for each job, in order. Never rejects: what goes wrong with one job is the fault of that job alone, what
   * goes wrong with all of them is the fault of each.
   */
  fit(jobs: readonly FitJob[]): Promise<readonly FitOutcome[]>;
  /** How many jobs are worth handing over before the first outcome is back. */
  readonly room: number;
  /** Ends what is under way; from then on no job has an outcome but `ended`. */
  close(): Promise<void>;
}

/** The outcome of each of some jobs of which none could be made. */
export function faultOfAll(jobs: readonly FitJob[], fault: string, seconds = 0): readonly FitOutcome[] {
  return jobs.map(() => ({ kind: 'fault', fault, seconds }));
}

/** The outcome of each of some jobs of an executor that was closed. */
export function endOfAll(jobs: readonly FitJob[]): readonly FitOutcome[] {
  return jobs.map(() => ({ kind: 'ended' }));
}
