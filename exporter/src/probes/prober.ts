import type { Logger } from '@presage/service/log.ts';
import type { Ending } from './ending.ts';
import type { Readings } from './readings.ts';

/** What a prober works with. It closes what it opened when the probe ends. */
export interface ProbeContext {
  readonly readings: Readings;
  readonly log: Logger;
  readonly ending: Ending;
}

/** One prober: whether the target is as the module's settings want. What it throws is a failure, and logged as one. */
export type Prober<S> = (target: string, settings: S, context: ProbeContext) => Promise<boolean>;
