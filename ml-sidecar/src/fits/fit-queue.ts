import { FairQueue } from './fair-queue.ts';
import type { FitExecutor, FitJob, FitOutcome } from './fit-job.ts';

/** Which fit is asked for, so that another process may know it. */
export interface FitPlace {
  /** The watch, by its name and all that gives its fits their meaning. */
  readonly watch: string;
  /** The series, by its labels. */
  readonly key: string;
  /** Newest value learned from, Unix seconds. */
  readonly origin: number;
  /** Seconds between two values. */
  readonly step: number;
  /** Seconds between two fits of the series. */
  readonly every: number;
}

/** A fit that is asked for. */
export interface FitRequest {
  /** Name of the watch. */
  readonly watch: string;
  /** Copies what is to be learned from; called when the turn of the request has come, so that what waits takes no memory. */
  readonly job: () => FitJob;
  /** Absent: it is of interest here alone. */
  readonly place?: FitPlace;
}

/** Where fits are asked for. */
export interface FitQueue {
  /** Makes a fit when its turn comes: the watches take turns. Never rejects. */
  fit(request: FitRequest): Promise<FitOutcome>;
  /** Lets a request that waits go before all others. */
  hurry(request: FitRequest): void;
  /** How many requests wait for their turn. */
  readonly waiting: number;
  /** How many fits are being made. */
  readonly running: number;
}

/** Fits of one watch handed over at a time: so few that turns come round soon. */
const TURN = 16;

/** A queue in front of an executor: it is handed no more than it has room for. */
export function createFitQueue(executor: FitExecutor): FitQueue {
  const queue = new FairQueue<FitRequest>();
  const waiting = new Map<FitRequest, (outcome: FitOutcome) => void>();
  let running = 0;
  const hand = async (requests: readonly FitRequest[]): Promise<void> => {
    running += requests.length;
    const outcomes = await executor.fit(requests.map(({ job }) => job()));
    running -= requests.length;
    requests.forEach((request, i) => {
      waiting.get(request)?.(outcomes[i]);
      waiting.delete(request);
    });
    advance();
  };
  // Turns are whole ones: what room is left after another's turn would give each only crumbs, the long queue the rest.
  const turn = Math.min(TURN, executor.room);
  const advance = (): void => {
    while (running + turn <= executor.room) {
      const next = queue.take(turn);
      if (next.length === 0) return;
      void hand(next);
    }
  };
  return {
    fit: (request) =>
      new Promise((resolve) => {
        waiting.set(request, resolve);
        queue.push(request.watch, request);
        // What is asked for in the same breath goes together.
        queueMicrotask(advance);
      }),
    hurry: (request) => queue.hurry(request.watch, request),
    get waiting() {
      return waiting.size - running;
    },
    get running() {
      return running;
    },
  };
}
