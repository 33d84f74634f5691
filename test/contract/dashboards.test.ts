import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { node } from '../../ml-sidecar/src/configuration/presets/node.ts';
import { selectorWriter } from '../../ml-sidecar/src/configuration/presets/preset.ts';
import { dashboardQueries, readDashboards } from './dashboards.ts';
import { repositoryFile } from './machine.ts';

const read = (name: string): string => readFileSync(repositoryFile(name), 'utf8');
const dashboards = readDashboards();

describe('the host dashboard shows every watch of the preset node', () => {
  const exprs = dashboardQueries()
    .filter(({ place }) => place.startsWith('host.json'))
    .map(({ expr }) => expr);

  test.each(node.watches(selectorWriter('instance="$instance"')).map(({ name, expr }) => [name, expr] as const))(
    '%s by its own expression, its forecast, its findings and its limits',
    (watch, expr) => {
      expect(exprs).toContain(expr);
      const own = `{watch="${watch}",instance="$instance"}`;
      for (const name of ['forecast', 'anomaly_score', 'anomaly_direction', 'time_to_limit_seconds', 'limit'])
        expect(exprs).toContain(`presage_${name}${own}`);
    },
  );
});

describe('the dashboard of an alert', () => {
  const folder = 'provisioning/prometheus/rules';
  const alerts = readdirSync(repositoryFile(folder)).flatMap((file) => {
    const { groups }: { groups: { rules: { alert?: string; annotations?: Record<string, string> }[] }[] } = parse(
      read(`${folder}/${file}`),
    );
    return groups.flatMap(({ rules }) => rules.filter(({ alert }) => alert !== undefined));
  });

  test.each(alerts.map(({ alert, annotations }) => [alert, annotations?.['dashboard_url'] ?? ''] as const))(
    'is one that there is, with variables that it has: %s',
    (_alert, url) => {
      const link = new URL(url, 'http://grafana/');
      const dashboard = [...dashboards.values()].find(({ uid }) => link.pathname === `/d/${uid}`);
      expect(dashboard).toBeDefined();
      const variables = dashboard?.templating.list.map(({ name }) => `var-${name}`);
      for (const name of link.searchParams.keys()) expect(variables).toContain(name);
      // The notification adds the time: "?" stands before it.
      expect(url).toMatch(/^d\/[\w-]+\?/);
    },
  );

  test('is linked from notifications with the day before and after the alert began', () => {
    const { attachments }: { attachments: { title_link: string }[] } = JSON.parse(
      read('test/end-to-end/testdata/notifications/one-page.slack.json'),
    );
    const link = new URL(attachments[0].title_link);
    const began = Date.parse('2026-03-02T09:30:00Z');
    expect(link.pathname).toBe('/d/presage-host');
    expect([link.searchParams.get('from'), link.searchParams.get('to')]).toEqual([`${began - 86_400_000}`, `${began + 86_400_000}`]);
  });
});

test('the dashboard of a host opens with a day of the future in range', () => {
  const time: unknown = JSON.parse(read('provisioning/grafana/dashboards/host.json')).time;
  expect(time).toEqual({ from: 'now-24h', to: 'now+24h' });
});

test('Grafana is given the data source and the folder that the dashboards lie in', () => {
  const sources: { datasources: { type: string; url: string; isDefault: boolean }[] } = parse(
    read('provisioning/grafana/datasources/prometheus.yml'),
  );
  expect(sources.datasources).toMatchObject([{ type: 'prometheus', url: 'http://prometheus:9090', isDefault: true }]);
  const { providers }: { providers: { type: string; options: { path: string } }[] } = parse(
    read('provisioning/grafana/dashboards/presage.yml'),
  );
  expect(providers).toMatchObject([{ type: 'file', options: { path: '/etc/grafana/provisioning/dashboards' } }]);
});
