import type { ScoredSample } from '../watch/live-watch.ts';

/** Tells those who listen of every value that is scored. */
export interface ScoreEvents {
  /** Calls `listener` for each scored value from now on, until the function that it gives is called. Listeners must be quick. */
  readonly on: (listener: ScoreListener) => () => void;
  readonly emit: (sample: ScoredSample) => void;
}

export type ScoreListener = (sample: ScoredSample) => void;

/** Events without listeners. */
export function createScoreEvents(): ScoreEvents {
  const listeners = new Set<ScoreListener>();
  return {
    on(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    emit(sample) {
      if (listeners.size > 0) for (const listener of listeners) listener(sample);
    },
  };
}
