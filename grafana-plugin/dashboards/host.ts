import { dashboard, labelVariable, marks, uids } from './dashboard.ts';
import { figure, forecast, limit, lines, type Sized } from './panels.ts';
import { network, probes, processing, storage, type HostWatch } from './watches.ts';

const here = 'instance="$instance"';

/** All watches of one host, the last day and the next on one axis. */
export const host = dashboard({
  uid: uids.host,
  title: 'Presage: host',
  description: 'What happened on a host, what is expected of it, how sure that is, what looks wrong and when it will hurt.',
  from: 'now-24h',
  to: 'now+24h',
  variables: [labelVariable('instance', 'Host', 'label_values(presage_series_state, instance)')],
  annotations: [
    marks(
      'Alerts',
      `ALERTS{alertname=~"Presage.+",alertstate="firing",${here}}`,
      '{{alertname}}',
      '{{watch}} {{mountpoint}} {{device}} {{limit}} ({{severity}})',
    ),
  ],
  sections: [
    { title: '$instance', panels: summary() },
    { title: 'Processing', panels: processing.map(past) },
    { title: 'Storage', panels: storage.map(past) },
    { title: 'Network', panels: network.map(past) },
    { title: 'Probes, where the host is a probed address', closed: true, panels: probes.map(past) },
    {
      title: 'Findings',
      panels: [
        lines({
          title: 'Anomaly score of each watch',
          description: 'Above 1 is anomalous, on every series alike.',
          targets: [{ expr: `max by (watch) (presage_anomaly_score{${here}})`, legend: '{{watch}}' }],
          defaults: { ...limit(1), min: 0 },
          width: 12,
          height: 9,
        }),
        lines({
          title: 'Time to each limit',
          description: 'By the median of the forecast; lines are missing where no limit is passed within the horizon.',
          targets: [
            {
              expr: `presage_time_to_limit_seconds{quantile="0.5",${here}} < +Inf`,
              legend: '{{watch}} {{mountpoint}} {{device}} {{limit}}',
            },
          ],
          unit: 's',
          defaults: { min: 0 },
          width: 12,
          height: 9,
        }),
      ],
    },
  ],
});

function summary(): Sized[] {
  const size = { width: 6, height: 4 };
  return [
    figure({
      ...size,
      title: 'First limit',
      description: 'Time until a forecast that has earned trust passes the first of its limits.',
      targets: [{ expr: `min(presage:time_to_limit_seconds:trusted{${here}} < +Inf)` }],
      unit: 'dtdurations',
      defaults: { ...limit(4 * 3600, 'below'), noValue: 'none in sight' },
    }),
    figure({
      ...size,
      title: 'Highest anomaly score',
      description: 'Above 1 is anomalous.',
      targets: [{ expr: `max(presage_anomaly_score{${here}})` }],
      defaults: { ...limit(1), decimals: 1 },
    }),
    figure({
      ...size,
      title: 'Alerts',
      description: 'Alerts of Presage that fire now.',
      targets: [{ expr: `count(ALERTS{alertname=~"Presage.+",alertstate="firing",${here}}) or vector(0)` }],
      defaults: limit(1),
    }),
    figure({
      ...size,
      title: 'Series by state',
      description: 'Only what is ready is forecast; of what is unforecastable nobody is paged.',
      targets: [{ expr: `sum by (state) (presage_series_state{${here}})`, legend: '{{state}}' }],
    }),
  ];
}

/** One watch: its history, its forecast, and all that Presage found of it. */
function past({ watch, title, unit, expr, legend }: HostWatch): Sized {
  const own = `{watch="${watch}",${here}}`;
  const found = ['presage_anomaly_score', 'presage_anomaly_direction', 'presage_time_to_limit_seconds', 'presage_limit'];
  return forecast({
    title,
    description: `Watch ${watch}: history, forecast with its bands, anomalies and limits.`,
    targets: [
      { expr, legend, step: '1m' },
      { expr: `presage_forecast${own}`, step: '1m' },
      ...found.map((name) => ({ expr: name + own, step: '1m' })),
    ],
    unit,
    width: 12,
    height: 10,
  });
}
