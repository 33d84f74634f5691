import { dashboard, uids } from './dashboard.ts';
import { figure, limit, lines, table, type Column } from './panels.ts';

/** Opens the host dashboard with the last day and the next. */
const toHost = {
  title: 'Past and future of this host',
  url: `/d/${uids.host}?var-datasource=\${datasource}&var-instance=\${__value.raw}&from=now-24h&to=now+24h`,
};

const subject: readonly Column[] = [
  { field: 'instance', title: 'Host', config: { links: [toHost] } },
  { field: 'watch', title: 'Watch' },
  { field: 'mountpoint', title: 'Volume' },
  { field: 'device', title: 'Device' },
];
const identity = 'instance, watch, mountpoint, device';
/** Limits that a trusted forecast sees pass within its horizon, or that are passed now. */
const ahead = 'presage:time_to_limit_seconds:trusted < +Inf';

/** Which host will hurt first, and which is out of the ordinary. */
export const fleet = dashboard({
  uid: uids.fleet,
  title: 'Presage: fleet',
  description: 'Every host, ranked by the time to its first limit and by how anomalous it is.',
  from: 'now-6h',
  to: 'now',
  variables: [],
  sections: [
    {
      title: 'At a glance',
      panels: [
        figure({
          title: 'Hosts',
          description: 'Hosts and probed addresses with a series that Presage watches.',
          targets: [{ expr: 'count(count by (instance) (presage_series_state))' }],
          width: 4,
          height: 4,
        }),
        figure({
          title: 'Series watched',
          description: 'Series that have learned enough to be forecast.',
          targets: [{ expr: 'sum(presage_series_state{state="ready"})' }],
          width: 4,
          height: 4,
        }),
        figure({
          title: 'Hosts with a limit within a day',
          description: 'Hosts on which a forecast that has earned trust passes a limit within 24 hours, or that are past one.',
          targets: [{ expr: 'count(count by (instance) (presage:time_to_limit_seconds:trusted < 86400)) or vector(0)' }],
          defaults: limit(1),
          width: 4,
          height: 4,
        }),
        figure({
          title: 'Anomalous hosts',
          description: 'Hosts with a series that was anomalous in most of the last quarter of an hour.',
          targets: [{ expr: 'count(count by (instance) (presage:anomalous:ratio15m > 0.8)) or vector(0)' }],
          defaults: limit(1),
          width: 4,
          height: 4,
        }),
        figure({
          title: 'Pages',
          description: 'Alerts of Presage that fire now and ask for somebody.',
          targets: [{ expr: 'count(ALERTS{alertname=~"Presage.+",alertstate="firing",severity="page"}) or vector(0)' }],
          defaults: limit(1),
          width: 4,
          height: 4,
        }),
        figure({
          title: 'Tickets',
          description: 'Alerts of Presage that fire now and can wait for days.',
          targets: [{ expr: 'count(ALERTS{alertname=~"Presage.+",alertstate="firing",severity="ticket"}) or vector(0)' }],
          width: 4,
          height: 4,
        }),
      ],
    },
    {
      title: 'Who needs somebody',
      panels: [
        table({
          title: 'By time to the first limit',
          description: 'Limits that a trusted forecast sees pass within its horizon; 0 is past it. A host opens its own dashboard.',
          targets: [
            { expr: `bottomk(50, min by (${identity}, limit) (${ahead}))` },
            {
              expr: `max by (${identity}, limit) (presage_limit_probability_ratio{horizon="1d"}) and on (${identity}, limit) (${ahead})`,
            },
          ],
          columns: [
            ...subject,
            { field: 'limit', title: 'Limit' },
            { field: 'Value #A', title: 'Time left', unit: 'dtdurations', config: { custom: { width: 150 } } },
            { field: 'Value #B', title: 'Within a day', unit: 'percentunit', config: { decimals: 0, custom: { width: 110 } } },
          ],
          sort: { field: 'Value #A', desc: false },
          width: 12,
          height: 12,
        }),
        table({
          title: 'By anomaly score',
          description: 'Scores mean the same on every series: above 1 is anomalous. The share is of the last quarter of an hour.',
          targets: [
            { expr: `topk(50, max by (${identity}) (presage_anomaly_score))` },
            { expr: `max by (${identity}) (presage:anomalous:ratio15m)` },
          ],
          columns: [
            ...subject,
            { field: 'Value #A', title: 'Score', config: { decimals: 1, custom: { width: 90 } } },
            { field: 'Value #B', title: 'Anomalous', unit: 'percentunit', config: { decimals: 0, custom: { width: 110 } } },
          ],
          sort: { field: 'Value #A', desc: true },
          width: 12,
          height: 12,
        }),
        lines({
          title: 'Highest anomaly score of each host',
          description: 'Above 1 is anomalous. Hosts that rise together often share a cause.',
          targets: [{ expr: 'max by (instance) (presage:anomaly_score:max)', legend: '{{instance}}' }],
          defaults: { ...limit(1), min: 0 },
          width: 12,
          height: 9,
        }),
        lines({
          title: 'Shortest time to a limit of each host',
          description: 'A line that falls by an hour an hour is a forecast that keeps its word.',
          targets: [{ expr: 'min by (instance) (presage:time_to_limit_seconds:min)', legend: '{{instance}}' }],
          unit: 's',
          defaults: { min: 0 },
          width: 12,
          height: 9,
        }),
      ],
    },
  ],
});
