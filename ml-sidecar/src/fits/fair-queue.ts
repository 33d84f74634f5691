/** Items that wait in queues of their own and are taken in turn, so that a long queue keeps no short one waiting. */
export class FairQueue<T> {
  /** In the order of their turns; none is empty. A Set gives up its first members cheaply. */
  readonly #queues = new Map<string, Set<T>>();
  readonly #urgent = new Set<T>();

  /** Adds an item, unless it waits already. */
  push(queue: string, item: T): void {
    const known = this.#queues.get(queue);
    if (known) known.add(item);
    else this.#queues.set(queue, new Set([item]));
  }

  /** Lets an item that waits go before all that is not urgent. */
  hurry(queue: string, item: T): void {
    if (this.#queues.get(queue)?.delete(item) !== true) return;
    if (this.#queues.get(queue)?.size === 0) this.#queues.delete(queue);
    this.#urgent.add(item);
  }

  /** Takes up to `most` items: urgent ones, or else those of one queue, and then it is the turn of the next one. */
  take(most: number): readonly T[] {
    if (this.#urgent.size > 0) return takeFrom(this.#urgent, most);
    const [first] = this.#queues;
    if (first === undefined) return [];
    const [name, waiting] = first;
    const taken = takeFrom(waiting, most);
    this.#queues.delete(name);
    if (waiting.size > 0) this.#queues.set(name, waiting);
    return taken;
  }
}

function takeFrom<T>(waiting: Set<T>, most: number): readonly T[] {
  const taken: T[] = [];
  for (const item of waiting) {
    if (taken.length >= most) break;
    taken.push(item);
    waiting.delete(item);
  }
  return taken;
}
