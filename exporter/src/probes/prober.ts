import type { Logger } from '@presage/service/log.ts';
import type { Readings } from './readings.ts';

/** What a prober works with. It stops when the signal is aborted, and closes what it opened. */
export interface ProbeContext {
  readonly readings: Readings;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** One prober: whether the target is as the module's settings want. What it throws is a failure, and logged as one. */
export type Prober<S> = (target: string, settings: S, context: ProbeContext) => Promise<boolean>;
