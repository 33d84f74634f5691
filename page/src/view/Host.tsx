import type { JSX } from 'preact';
import type { HostAnswer } from '../../../ml-sidecar/src/serve/answers.ts';
import { api } from '../data/api.ts';
import { useSignal } from '../data/signal.ts';
import { useAnswer } from '../data/useAnswer.ts';
import type { Page } from '../page.ts';
import { Message } from './Message.tsx';
import { Spans } from './Spans.tsx';
import { outlookText, statesText } from './words.tsx';
import { WatchPanel } from './WatchPanel.tsx';

/** Everything known of one host: a chart a watch, the one that meets its limit first in front. */
export const Host = ({ page, host }: { page: Page; host: string }): JSX.Element => {
  const { news } = useSignal(page.live);
  const total = [...news.values()].reduce((sum, one) => sum + one, 0);
  const { data, fault } = useAnswer(api.fleet, 'fleet', total);
  const found = data?.hosts.find((one) => one.host === host);
  const name = host === '' ? 'Other series' : host;
  return (
    <section>
      <p class="trail">
        <a href="#/">Fleet</a>
      </p>
      <div class="heading">
        <h1>{name}</h1>
        <Spans page={page} />
      </div>
      {found ? (
        <Charts page={page} host={found} />
      ) : data === undefined ? (
        <Message title={fault ?? `Reading ${name} …`} lines={[]} />
      ) : (
        <Message title={`No host ${name}`} lines={['No watch has a series with this instance label now.']}>
          <a href="#/">All hosts</a>
        </Message>
      )}
    </section>
  );
};

const Charts = ({ page, host }: { page: Page; host: HostAnswer }): JSX.Element => {
  const { first } = host;
  const urgent = first?.watch;
  const ordered = urgent === undefined ? host.watches : [urgent, ...host.watches.filter((watch) => watch !== urgent)];
  return (
    <>
      <p class="summary">
        {first === null ? 'No limit in sight within the horizon.' : `${first.watch} ${first.limit}: ${outlookText(first)}.`}{' '}
        {host.anomalous === 0 ? 'Nothing anomalous now.' : `${host.anomalous} anomalous now.`} {statesText(host.states)}.
      </p>
      <div class="charts">
        {ordered.map((watch) => (
          <WatchPanel
            key={watch}
            page={page}
            watch={watch}
            labels={host.host === '' ? {} : { instance: host.host }}
            title={watch}
            height={230}
          />
        ))}
      </div>
    </>
  );
};
