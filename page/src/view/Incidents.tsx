import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { clockText, spanText } from '../chart/clock.ts';
import { labelsText, partText } from '../chart/titles.ts';
import { api } from '../data/api.ts';
import { feedbackOf, type IncidentAnomaly, type IncidentAnswer, type Verdict } from '../data/incidents.ts';
import { hostAddress, watchAddress } from '../data/route.ts';
import { useSignal } from '../data/signal.ts';
import { useAnswer } from '../data/useAnswer.ts';
import type { Page } from '../page.ts';
import { Message } from './Message.tsx';
import { scoreText, shareText } from './words.tsx';

/** Days looked back, and incidents in the list. */
const days = 7;
const mostIncidents = 50;

/** What was anomalous of late, put together, with where to look first. */
export const Incidents = ({ page }: { page: Page }): JSX.Element => {
  const { news } = useSignal(page.live);
  const total = [...news.values()].reduce((sum, one) => sum + one, 0);
  const ask = (): Promise<readonly IncidentAnswer[]> => api.incidents(Math.floor(Date.now() / 1000) - days * 86_400, mostIncidents);
  const { data, fault } = useAnswer(ask, 'incidents', total);
  return (
    <section>
      <h1>Anomalies</h1>
      <p class="lead">
        Stretches of the last {days} days in which values were not as they should be. Those of one host or job at about the same time are
        put together. Your word on them teaches the scores.
      </p>
      {data === undefined ? (
        <Message title={fault ?? 'Reading …'} lines={[]} />
      ) : data.length === 0 ? (
        <Message title="Nothing anomalous" lines={[`No series scored above 1 in the last ${days} days.`]} />
      ) : (
        data.map((incident) => <Incident key={`${incident.start} ${incident.anomalies[0]?.series}`} incident={incident} />)
      )}
    </section>
  );
};

const Incident = ({ incident }: { incident: IncidentAnswer }): JSX.Element => {
  const { start, end, peak, labels, anomalies, similar } = incident;
  const now = Date.now();
  const host = labels['instance'];
  const hosts = new Set(anomalies.map((one) => one.labels['instance']));
  const where = host ?? (hosts.size > 1 ? `${hosts.size} hosts` : labelsText(labels, ['watch']) || 'no host');
  const title = `${where}: ${clockText(start * 1000, now)}${end > start ? `, for ${spanText(end - start)}` : ''}`;
  return (
    <article class="card" aria-label={title}>
      <h2>
        {host === undefined ? where : <a href={hostAddress(host)}>{where}</a>}: {clockText(start * 1000, now)}
        {end > start && `, for ${spanText(end - start)}`} <span class="badge alarm">{scoreText(peak, 0)}</span>
      </h2>
      {anomalies.length > 1 && <Causes incident={incident} hasHosts={hosts.size > 1} />}
      <div class="scrolls">
        <table>
          <thead>
            <tr>
              <th scope="col">Series</th>
              <th scope="col">Began</th>
              <th scope="col">Lasted</th>
              <th scope="col" class="number">
                Highest score
              </th>
              <th scope="col">Was it an incident?</th>
            </tr>
          </thead>
          <tbody>
            {anomalies.map((one) => (
              <AnomalyRow key={`${one.series} ${one.start}`} anomaly={one} name={nameOf(one, hosts.size > 1)} now={now} />
            ))}
          </tbody>
        </table>
      </div>
      {similar.length > 0 && (
        <p class="weak">
          Like it before:{' '}
          {similar
            .map((one) => `${clockText(one.start * 1000, now)} (${shareText(Math.min(1, Math.max(0, one.likeness)))} alike)`)
            .join(', ')}
        </p>
      )}
    </article>
  );
};

/** Who moved first and far; a place to look, and no proof. */
const Causes = ({ incident: { causes, anomalies }, hasHosts }: { incident: IncidentAnswer; hasHosts: boolean }): JSX.Element => (
  <p>
    Look first at{' '}
    {causes.slice(0, 3).map(({ series, share, afterSeconds }, place) => {
      const found = anomalies.find((one) => one.series === series);
      const name = found === undefined ? series : nameOf(found, hasHosts);
      const when = afterSeconds <= 0 ? 'moved first' : `${spanText(afterSeconds)} later`;
      return `${place === 0 ? '' : ', '}${name} (${when}, ${shareText(share)})`;
    })}
    .
  </p>
);

/** Watch and part, and the host where there are several. */
function nameOf({ labels }: IncidentAnomaly, hasHosts: boolean): string {
  const { watch = '', ...own } = labels;
  const host = hasHosts ? `of ${own['instance'] ?? 'no host'}` : '';
  return [watch, partText(own), host].filter((part) => part !== '').join(' ');
}

const AnomalyRow = ({ anomaly, name, now }: { anomaly: IncidentAnomaly; name: string; now: number }): JSX.Element => {
  const { labels, start, end, peak, direction } = anomaly;
  const [said, setSaid] = useState('');
  const say = async (verdict: Verdict): Promise<void> => {
    try {
      await api.feedback(feedbackOf(anomaly, verdict));
      setSaid(verdict === 'incident' ? 'Noted as an incident.' : 'Noted as a false alarm.');
    } catch (error) {
      setSaid(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <tr>
      <th scope="row">
        <a href={watchAddress(labels['watch'] ?? '')}>{name}</a>
      </th>
      <td>{clockText(start * 1000, now)}</td>
      <td>{end > start ? spanText(end - start) : 'one value'}</td>
      <td class="number">{scoreText(peak, direction)}</td>
      <td class="buttons">
        <button type="button" onClick={() => void say('incident')}>
          Yes<span class="spoken">, {name} was an incident</span>
        </button>
        <button type="button" onClick={() => void say('false-alarm')}>
          No<span class="spoken">, {name} was a false alarm</span>
        </button>
        <span role="status">{said}</span>
      </td>
    </tr>
  );
};
