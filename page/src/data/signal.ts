import { useEffect, useState } from 'preact/hooks';

/** A value that tells its listeners when it changes. */
export interface Signal<T> {
  get(): T;
  set(value: T): void;
  /** Gives what ends the listening. */
  listen(listener: (value: T) => void): () => void;
}

export function signalOf<T>(first: T): Signal<T> {
  let value = first;
  const listeners = new Set<(value: T) => void>();
  return {
    get: () => value,
    set(next) {
      value = next;
      for (const listener of listeners) listener(next);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The value of a signal; draws anew when it changes. */
export function useSignal<T>(signal: Signal<T>): T {
  const [value, setValue] = useState(signal.get());
  useEffect(() => {
    setValue(() => signal.get());
    return signal.listen((next) => setValue(() => next));
  }, [signal]);
  return value;
}
