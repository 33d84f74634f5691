import type { JSX } from 'preact';
import { clockText } from '../chart/clock.ts';
import { useSignal } from '../data/signal.ts';
import type { Page } from '../page.ts';

/** Says plainly where values come from no more: which watches fail, why, and how old what is shown is. */
export const SourceFaults = ({ page }: { page: Page }): JSX.Element | null => {
  const { watches } = useSignal(page.live);
  const all = [...watches.values()];
  const failing = all.filter(({ up }) => up === false);
  if (failing.length === 0) return null;
  const faults = new Map<string, string[]>();
  for (const { name, fault } of failing) faults.set(fault ?? 'unknown', [...(faults.get(fault ?? 'unknown') ?? []), name]);
  const isAll = failing.length === all.length;
  const newest = Math.max(...failing.map(({ lastSuccess }) => lastSuccess ?? -Infinity));
  return (
    <div class="fault" role="alert">
      <strong>{isAll ? 'Prometheus does not answer' : `${failing.length} of ${all.length} watches cannot be updated`}</strong>
      <ul>
        {[...faults].map(([fault, names]) => (
          <li key={fault}>
            {isAll && faults.size === 1 ? '' : `${names.join(', ')}: `}
            {fault}
          </li>
        ))}
      </ul>
      <p>
        {Number.isFinite(newest)
          ? `What you see is what was known at ${clockText(newest * 1000, Date.now())}; forecasts made then still hold as far as they reach.`
          : 'Nothing has been read yet.'}
      </p>
    </div>
  );
};
