import path from 'node:path';
import type { RenderedAlertmanager } from './alertmanager/render.ts';
import type { Notification } from './notifications.ts';
import { address, preferredPorts, type Service, type Site } from './plans.ts';

/** The addresses, what to look at, and where notifications go. */
export function formatTable(site: Site, { leftOut, kept }: RenderedAlertmanager, demo: boolean): string {
  const places = new Map(leftOut.map(({ secret }) => [secret.file, secret]));
  const withoutSecret = [...places.values()].map(({ file, variable }) => {
    const integrations = leftOut.filter(({ secret }) => secret.file === file).map((one) => `${one.receiver}/${one.integration}`);
    return `  not sent by ${integrations.join(', ')}: there is no ${path.relative(site.root, file)} and no ${variable}`;
  });
  const lines = [
    '',
    demo ? 'Presage is running. The hosts demo-* and their three weeks of history are generated, not measured.' : 'Presage is running.',
    '',
    row(site, 'prometheus', 'Prometheus', ''),
    row(site, 'alertmanager', 'Alertmanager', ''),
    row(site, 'sidecar', 'Presage', 'open this one: what breaks next, every host, every watch'),
    row(site, 'exporter', 'Exporter', 'metrics of this host'),
    '',
    'Paste into Prometheus (Graph, end of the range six hours from now):',
    ...queries(demo).map((query) => `  ${query}`),
    '',
    `Notifications are printed here${kept.length === 0 ? '' : `, and sent by ${kept.join(', ')}`}.`,
    ...withoutSecret,
    '',
    `Logs and data: ${site.data}`,
    'Ctrl-C stops everything.',
  ];
  return lines.join('\n');
}

/** One line for a notification that Alertmanager sent. */
export function formatNotification({ status, severity, name, summary }: Notification): string {
  return `[${status === 'resolved' ? 'resolved' : severity || 'alert'}] ${name}: ${summary}`;
}

function row(site: Site, service: Service, title: string, hint: string): string {
  const taken = site.ports[service] === preferredPorts[service] ? '' : `(port ${preferredPorts[service]} was taken)`;
  return `  ${title.padEnd(14)}http://${address(site, service)}/  ${[hint, taken].filter((text) => text !== '').join(' ')}`.trimEnd();
}

function queries(demo: boolean): readonly string[] {
  const matcher = demo ? ',instance="demo-web-1"' : '';
  return [
    `presage_forecast{watch="cpu"${matcher},quantile=~"0.1|0.5|0.9"}`,
    'presage_forecast{quantile="0.5"} offset -6h',
    'topk(10, presage_anomaly_score)',
    'sort(presage_time_to_limit_seconds{quantile="0.5"} < +Inf)',
    ...(demo ? ['1 - node_filesystem_avail_bytes{instance="demo-db-1"} / node_filesystem_size_bytes'] : []),
  ];
}
