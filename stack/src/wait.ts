import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  /** What is waited for, for the error: `prometheus to answer on http://…`. */
  readonly what: string;
  /** Seconds until it is given up. */
  readonly deadline: number;
  /** Ends the wait early; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Asks again and again, every 50 ms at first and every second at last, until the answer is not undefined.
 * @throws Error when the deadline passes (with the last failure as its cause), or the signal's reason.
 */
export async function waitFor<T>(ask: () => Promise<T | undefined>, { what, deadline, signal }: WaitOptions): Promise<T> {
  const end = Date.now() + deadline * 1000;
  let cause: unknown;
  for (let pause = 50; ; pause = Math.min(1000, pause * 1.3)) {
    signal?.throwIfAborted();
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > end) throw new Error(`waited ${deadline} s for ${what}`, { cause });
    await sleep(pause);
  }
}

/** Whether a GET of a URL answers 200 within two seconds. */
export async function answers(url: string): Promise<true | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
  await response.body?.cancel();
  return response.status === 200 ? true : undefined;
}
