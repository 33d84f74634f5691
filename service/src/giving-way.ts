import { setImmediate } from 'node:timers/promises';

/** Lets others have their turn where it is time: a promise to wait for, or nothing where it is not. */
export type GiveWay = () => Promise<void> | undefined;

/** Seconds of work in a row: with a few long works side by side a request still waits for less than a tenth of a second. */
const longest = 0.01;

/** Gives way to others once some milliseconds have passed since it last did. `clock` in monotonic seconds. */
export function createGivingWay(pause: () => Promise<void>, clock: () => number): GiveWay {
  let since = clock();
  const give = async (): Promise<void> => {
    await pause();
    since = clock();
  };
  return () => (clock() - since > longest ? give() : undefined);
}

const clock = (): number => performance.now() / 1000;

/** Seconds for which what nobody waits for stands back behind an answer that is being made, and the most of that at a time. */
const standing = { behind: 0.02, most: 0.1 };

/** When an answer was last worked on. */
let answered = -Infinity;

/** For answers that somebody waits for: gives way by the event loop and the clock of the process. To be called at each piece. */
export function answering(): GiveWay {
  const giveWay = createGivingWay(() => setImmediate(), clock);
  return () => {
    answered = clock();
    return giveWay();
  };
}

/** For all other work. */
export function givingWay(): GiveWay {
  return createGivingWay(standBack, clock);
}

/** Lets what waits in the event loop run, and answers under way run on for a while: of a second they get nine parts in ten. */
export async function standBack(): Promise<void> {
  const until = clock() + standing.most;
  do await setImmediate();
  while (clock() - answered < standing.behind && clock() < until);
}

/** Runs what yields often to its end, giving way in between. Rejects with what it throws. */
export async function gently<T>(work: Iterator<unknown, T>, giveWay: GiveWay): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await giveWay();
  }
}

/** The same in one go. Throws what it throws. */
export function atOnce<T>(work: Iterator<unknown, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** Items sorted in a row: some milliseconds. */
const run = 2048;

/** `list` sorted by `key`, giving way in between; what has the same key keeps its order. */
export async function sortedGently<T>(list: readonly T[], key: (item: T) => string, giveWay: GiveWay): Promise<readonly T[]> {
  const before = (a: T, b: T): number => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
  let sorted: T[][] = [];
  for (let from = 0; from < list.length; from += run) {
    sorted.push(list.slice(from, from + run).sort(before));
    await giveWay();
  }
  while (sorted.length > 1) {
    const merged: T[][] = [];
    for (let i = 0; i < sorted.length; i += 2) merged.push(await gently(merge(sorted[i], sorted[i + 1] ?? [], before), giveWay));
    sorted = merged;
  }
  return sorted[0] ?? [];
}

function* merge<T>(left: readonly T[], right: readonly T[], before: (a: T, b: T) => number): Generator<void, T[]> {
  const merged: T[] = [];
  let j = 0;
  for (let i = 0; i < left.length || j < right.length;) {
    merged.push(j === right.length || (i < left.length && before(left[i], right[j]) <= 0) ? left[i++] : right[j++]);
    if (merged.length % run === 0) yield;
  }
  return merged;
}
