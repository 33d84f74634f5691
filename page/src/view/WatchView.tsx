import type { JSX } from 'preact';
import { clockText } from '../chart/clock.ts';
import { labelsText } from '../chart/titles.ts';
import { api, type SeriesAnswer } from '../data/api.ts';
import { dryRunAddress } from '../data/route.ts';
import { useSignal } from '../data/signal.ts';
import { useAnswer } from '../data/useAnswer.ts';
import type { Page } from '../page.ts';
import { Message } from './Message.tsx';
import { Spans } from './Spans.tsx';
import { shareText } from './words.tsx';
import { WatchPanel } from './WatchPanel.tsx';

/** Series in the table of one watch. */
const mostRows = 200;

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
          <SeriesTable series={data} />
        </>
      )}
    </section>
  );
};

const SeriesTable = ({ series }: { series: readonly SeriesAnswer[] }): JSX.Element => (
  <div class="card scrolls" tabIndex={0} role="region" aria-label="How each series is forecast">
    <table>
      <thead>
        <tr>
          <th scope="col">Series</th>
          <th scope="col">State</th>
          <th scope="col">Model</th>
          <th scope="col">Last fit</th>
          <th scope="col" class="number">
            Values
          </th>
          <th scope="col" class="number">
            Better than seasonal naive by
          </th>
          <th scope="col" class="number">
            Inside the 50, 80, 95 % band
          </th>
        </tr>
      </thead>
      <tbody>
        {series.slice(0, mostRows).map((one) => (
          <tr key={JSON.stringify(one.labels)}>
            <th scope="row">{labelsText(one.labels)}</th>
            <td>{one.state}</td>
            <td>{one.model ?? 'none yet'}</td>
            <td>{one.lastFit === null ? '–' : clockText(one.lastFit * 1000, Date.now())}</td>
            <td class="number">{one.samples}</td>
            <td class="number">{shareText(one.skill)}</td>
            <td class="number">{Object.values(one.coverage).map(shareText).join(' · ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
    {series.length > mostRows && <p class="weak">and {series.length - mostRows} more</p>}
  </div>
);
