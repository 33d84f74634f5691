/** Tells what a probe has opened that the probe is over. An AbortSignal would do, at 0.1 ms a probe for its events and its error. */
export class Ending {
  #ended = false;
  readonly #listeners = new Set<() => void>();

  get ended(): boolean {
    return this.#ended;
  }

  /** Calls `act` when the probe is over; at once if it is. */
  onEnd(act: () => void): void {
    if (this.#ended) act();
    else this.#listeners.add(act);
  }

  offEnd(act: () => void): void {
    this.#listeners.delete(act);
  }

  /** Calls every listener, at the first call alone. Gives what listeners have thrown: they cannot keep others from closing. */
  end(): readonly unknown[] {
    if (this.#ended) return [];
    this.#ended = true;
    const failures: unknown[] = [];
    for (const act of this.#listeners) {
      try {
        act();
      } catch (error) {
        failures.push(error);
      }
    }
    this.#listeners.clear();
    return failures;
  }
}
