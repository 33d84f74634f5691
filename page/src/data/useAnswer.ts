import { useEffect, useRef, useState } from 'preact/hooks';
import { createAsker, type Answer, type Asker } from './asker.ts';

/** Asks when `key` changes, forgetting what it knew, and again when `news` does. */
export function useAnswer<T>(ask: () => Promise<T>, key: string, news: number): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T> & { readonly key: string }>({ key, data: undefined, fault: undefined });
  const newest = useRef(ask);
  newest.current = ask;
  const asker = useRef<Asker | null>(null);
  useEffect(() => {
    const own = createAsker(
      () => newest.current(),
      (told) => setAnswer({ key, ...told }),
    );
    asker.current = own;
    return own.stop;
  }, [key]);
  useEffect(() => asker.current?.wake(news), [key, news]);
  return answer.key === key ? answer : { data: undefined, fault: undefined };
}
