import type { JSX } from 'preact';
import type { WatchAnswer } from '../../../ml-sidecar/src/serve/answers.ts';
import { watchAddress } from '../data/route.ts';
import { api } from '../data/api.ts';
import { useSignal } from '../data/signal.ts';
import { useAnswer } from '../data/useAnswer.ts';
import type { Page } from '../page.ts';
import { Message } from './Message.tsx';
import { statesText } from './words.tsx';

/** Every watch: what it follows, how its series are doing, whether its source answers. */
export const WatchList = ({ page }: { page: Page }): JSX.Element => {
  const { news } = useSignal(page.live);
  const total = [...news.values()].reduce((sum, one) => sum + one, 0);
  const { data, fault } = useAnswer(api.watches, 'watches', total);
  return (
    <section>
      <h1>Watches</h1>
      {data === undefined ? <Message title={fault ?? 'Reading the watches …'} lines={[]} /> : <WatchTable watches={data} />}
    </section>
  );
};

const WatchTable = ({ watches }: { watches: readonly WatchAnswer[] }): JSX.Element => (
  <div class="card scrolls" tabIndex={0} role="region" aria-label="Watches">
    <table>
      <thead>
        <tr>
          <th scope="col">Watch</th>
          <th scope="col">Expression</th>
          <th scope="col">Series</th>
          <th scope="col" class="number">
            Anomalous
          </th>
          <th scope="col">Step, history, horizon</th>
          <th scope="col">Source</th>
        </tr>
      </thead>
      <tbody>
        {watches.map((watch) => (
          <tr key={watch.name}>
            <th scope="row">
              <a href={watchAddress(watch.name)}>{watch.name}</a>
            </th>
            <td>
              <code>{watch.expr}</code>
            </td>
            <td>{statesText(watch.states)}</td>
            <td class="number">{watch.anomalous > 0 ? <span class="badge alarm">{watch.anomalous}</span> : 0}</td>
            <td class="weak">
              {watch.step}, {watch.history}, {watch.horizon}
            </td>
            <td>{watch.up === null ? 'not asked yet' : watch.up ? 'answers' : <strong>fails: {watch.fault}</strong>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
