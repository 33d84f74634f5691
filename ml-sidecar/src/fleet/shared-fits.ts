import type { Fit, FitOutcome } from '../fits/fit-job.ts';
import type { FitPlace, FitQueue, FitRequest } from '../fits/fit-queue.ts';
import type { Lease } from './lease.ts';
import type { ModelStore, Published } from './model-store.ts';

export interface SharedFitsOptions {
  /** Makes the fits of the leader, and those that a follower does not get from it. */
  readonly own: FitQueue;
  readonly lease: Pick<Lease, 'token'>;
  readonly store: ModelStore;
  readonly sleep: (seconds: number) => Promise<void>;
  /** Seconds that a follower waits for a fit that the leader is about to make. Default 15. */
  readonly patience?: number;
  /** Told of each fit: what became of it in the store, that it was taken from there, or that a follower made it itself. */
  readonly onFit?: (result: Published | 'taken' | 'own') => void;
  /** Told of a fault of the store; fits go on without it. */
  readonly onError?: (error: unknown) => void;
}

/** Seconds until a second look for a fit that is about to be made; twice that until the third, and so on up to the most: others wait, too. */
const lookAfter = 0.5;
const mostBetween = 2;

/**
 * Fits of a group of replicas: the one that holds the lease makes them and publishes each, the others take them up. Where the leader has
 * none to give (it lags, died, or does not follow the series), a follower makes the fit itself, so that no replica hangs on another.
 */
export function shareFits(options: SharedFitsOptions): FitQueue {
  const { own, lease, store, onFit, onError } = options;
  const lead = async (request: FitRequest, place: FitPlace, token: number): Promise<FitOutcome> => {
    const outcome = await own.fit(request);
    if (outcome.kind !== 'fit') return outcome;
    // Not waited for: the store may be away.
    void store.publish(place, place.origin, outcome.fit, token).then(
      (result) => onFit?.(result),
      (error: unknown) => onError?.(error),
    );
    return outcome;
  };
  const follow = async (request: FitRequest, place: FitPlace): Promise<FitOutcome> => {
    try {
      const fit = await fromLeader(place, options);
      if (fit) {
        onFit?.('taken');
        return { kind: 'fit', fit, seconds: 0 };
      }
    } catch (error) {
      onError?.(error);
    }
    onFit?.('own');
    return own.fit(request);
  };
  return {
    fit(request) {
      const { place } = request;
      if (!place) return own.fit(request);
      const token = lease.token();
      return token === undefined ? follow(request, place) : lead(request, place, token);
    },
    hurry: (request) => own.hurry(request),
    get waiting() {
      return own.waiting;
    },
    get running() {
      return own.running;
    },
  };
}

/** The leader's fit for a place: the very same, or the one that is still in force there; nothing where it has none to give. */
async function fromLeader(place: FitPlace, { store, lease, sleep, patience = 15 }: SharedFitsOptions): Promise<Fit | undefined> {
  const { step, every, origin: wanted } = place;
  for (let [waited, pause] = [0, lookAfter]; waited <= patience && lease.token() === undefined;) {
    const origin = await store.origin(place);
    if (origin === undefined || origin > wanted || origin + every < wanted) return undefined;
    // At the end of that span the leader makes the next one.
    if (origin === wanted || origin + every > wanted) {
      const found = await store.read(place);
      return found && found.origin <= wanted ? from(found.fit, wanted + step, step) : undefined;
    }
    await sleep(pause);
    [waited, pause] = [waited + pause, Math.min(mostBetween, 2 * pause)];
  }
  return undefined;
}

/** What a fit says from `start` on, Unix seconds. */
function from(fit: Fit, start: number, step: number): Fit {
  const passed = Math.round((start - fit.start) / step);
  return passed <= 0 ? fit : { ...fit, start, rows: fit.rows.map((row) => row.subarray(passed)) };
}
