import type { JSX } from 'preact';
import type { FleetAnswer, HostAnswer } from '../../../ml-sidecar/src/serve/answers.ts';
import { labelsText, partText } from '../chart/titles.ts';
import { api } from '../data/api.ts';
import { hostAddress } from '../data/route.ts';
import { useSignal } from '../data/signal.ts';
import { useAnswer } from '../data/useAnswer.ts';
import type { Page } from '../page.ts';
import { Message } from './Message.tsx';
import { outlookText, scoreText, statesText } from './words.tsx';
import { WatchPanel } from './WatchPanel.tsx';

/** Every host, the most urgent first, and the chart of what is next to break. */
export const Fleet = ({ page }: { page: Page }): JSX.Element => {
  const { news } = useSignal(page.live);
  const total = [...news.values()].reduce((sum, one) => sum + one, 0);
  const { data, fault } = useAnswer(api.fleet, 'fleet', total);
  return (
    <section>
      <h1>Fleet</h1>
      {data === undefined ? (
        <Message title={fault ?? 'Reading the fleet …'} lines={[]} />
      ) : data.hosts.length === 0 ? (
        <Empty fleet={data} />
      ) : (
        <>
          {fault && <p class="weak">{fault} This is the last answer.</p>}
          <Tiles fleet={data} />
          <NextToBreak page={page} fleet={data} />
          <HostTable hosts={data.hosts} />
        </>
      )}
    </section>
  );
};

const Empty = ({ fleet }: { fleet: FleetAnswer }): JSX.Element => (
  <Message
    title={fleet.ready ? 'No series yet' : 'Reading history …'}
    lines={
      fleet.ready
        ? ['No watch has found a series. Does Prometheus hold what their expressions ask for? presage check tells for each.']
        : ['The first values are being read and learned from. This page fills by itself.']
    }
  />
);

const day = 86_400;

const Tiles = ({ fleet }: { fleet: FleetAnswer }): JSX.Element => {
  const { hosts } = fleet;
  const series = hosts.reduce((sum, host) => sum + host.series, 0);
  const soon = hosts.filter(({ first }) => (first?.seconds[1] ?? Infinity) <= day).length;
  const anomalous = hosts.reduce((sum, host) => sum + host.anomalous, 0);
  return (
    <dl class="tiles">
      <Tile name="hosts" value={hosts.length} />
      <Tile name="series" value={series} />
      <Tile name="hosts at a limit within a day" value={soon} tone={soon > 0 ? 'warn' : 'calm'} />
      <Tile name="series anomalous now" value={anomalous} tone={anomalous > 0 ? 'alarm' : 'calm'} />
    </dl>
  );
};

const Tile = ({ name, value, tone = 'calm' }: { name: string; value: number; tone?: 'calm' | 'warn' | 'alarm' }): JSX.Element => (
  <div class={`tile ${tone}`}>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

/** What is past its limit, and what meets one next; where there is neither, the highest score. */
const NextToBreak = ({ page, fleet }: { page: Page; fleet: FleetAnswer }): JSX.Element => {
  const firsts = fleet.hosts.flatMap(({ first }) => (first === null ? [] : [first]));
  const passed = firsts.find(({ seconds }) => seconds[1] === 0);
  const next = firsts.find(({ seconds }) => seconds[1] !== 0);
  const highest = firsts.length > 0 ? undefined : fleet.hosts[0]?.worst;
  const shown = [
    { lead: 'Past its limit', found: passed },
    { lead: 'Next to break', found: next },
    { lead: 'Highest score', found: highest },
  ];
  return (
    <div class="charts">
      {shown.map(
        ({ lead, found }) =>
          found && (
            <WatchPanel
              key={lead}
              page={page}
              watch={found.watch}
              labels={found.labels}
              title={`${lead}: ${found.watch} of ${found.labels['instance'] ?? labelsText(found.labels)}`}
              height={260}
              at={found.labels}
            />
          ),
      )}
    </div>
  );
};

const HostTable = ({ hosts }: { hosts: readonly HostAnswer[] }): JSX.Element => (
  <div class="card scrolls" tabIndex={0} role="region" aria-label="Hosts, the most urgent first">
    <table>
      <thead>
        <tr>
          <th scope="col">Host</th>
          <th scope="col">First limit</th>
          <th scope="col">Highest score</th>
          <th scope="col">Series</th>
        </tr>
      </thead>
      <tbody>
        {hosts.map((host) => (
          <tr key={host.host}>
            <th scope="row">
              <a href={hostAddress(host.host)}>{host.host === '' ? 'Other series' : host.host}</a>
            </th>
            <td>{host.first === null ? <span class="weak">none in sight</span> : <First first={host.first} />}</td>
            <td>{host.worst === null ? '–' : <Worst worst={host.worst} />}</td>
            <td class="weak">{statesText(host.states)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const First = ({ first }: { first: NonNullable<HostAnswer['first']> }): JSX.Element => (
  <>
    <span class={first.seconds[1] === 0 ? 'badge alarm' : (first.seconds[1] ?? Infinity) <= day ? 'badge warn' : 'badge'}>
      {first.watch} {first.limit}
    </span>{' '}
    {outlookText(first)} <span class="weak">{partText(first.labels)}</span>
  </>
);

const Worst = ({ worst }: { worst: NonNullable<HostAnswer['worst']> }): JSX.Element => (
  <>
    <span class={worst.score > 1 ? 'badge alarm' : 'badge'}>{scoreText(worst.score, worst.direction)}</span>{' '}
    <span class="weak">
      {worst.watch} {partText(worst.labels)}
    </span>
  </>
);
