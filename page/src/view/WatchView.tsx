import type { JSX } from 'preact';
import { unitOf } from '../chart/unit.ts';
import { api } from '../data/api.ts';
import { dryRunAddress } from '../data/route.ts';
import { useSignal } from '../data/signal.ts';
import { useAnswer } from '../data/useAnswer.ts';
import type { Page } from '../page.ts';
import { Message } from './Message.tsx';
import { Spans } from './Spans.tsx';
import { SeriesTable } from './SeriesTable.tsx';
import { WatchPanel } from './WatchPanel.tsx';

/** One watch: its chart, and for each series how it is forecast and how well that has gone. */
export const WatchView = ({ page, watch }: { page: Page; watch: string }): JSX.Element => {
  const { watches, news } = useSignal(page.live);
  const { data, fault } = useAnswer(() => api.series(watch), watch, news.get(watch) ?? 0);
  const settings = watches.get(watch);
  return (
    <section>
      <p class="trail">
        <a href="#/watches">Watches</a>
      </p>
      <div class="heading">
        <h1>{watch}</h1>
        <Spans page={page} />
      </div>
      {settings && (
        <>
          <p>
            <code>{settings.expr}</code>
          </p>
          <p class="weak">
            A value every {settings.step}, learned from {settings.history}, forecast {settings.horizon} ahead by {settings.forecaster},
            scored by {settings.detector}. {settings.limits.map(({ name, side, value }) => `Limit ${name}: ${side} ${value}. `)}
            <a href={dryRunAddress(watch)}>Try it with other settings</a>
          </p>
        </>
      )}
      {data === undefined ? (
        <Message title={fault ?? 'Reading …'} lines={[]} />
      ) : (
        <>
          <WatchPanel page={page} watch={watch} labels={{}} title={`Series of ${watch}`} height={320} />
          <SeriesTable watch={watch} series={data} unit={unitOf(settings ?? { expr: '', bounds: [] })} />
        </>
      )}
    </section>
  );
};
