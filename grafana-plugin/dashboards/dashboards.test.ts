import { readdirSync, readFileSync } from 'node:fs';
import type { Dashboard, Panel, RowPanel } from '@grafana/schema';
import { describe, expect, test } from 'vitest';
import { uids } from './dashboard.ts';
import { dashboards, printed } from './index.ts';

const folder = new URL('../../provisioning/grafana/dashboards/', import.meta.url);
const isRow = (panel: Panel | RowPanel): panel is RowPanel => panel.type === 'row';
const all = (dashboard: Dashboard): (Panel | RowPanel)[] =>
  (dashboard.panels ?? []).flatMap((panel) => (isRow(panel) ? [panel, ...panel.panels] : [panel]));

test('provisioning/grafana/dashboards holds these dashboards and no other', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  expect(files.toSorted()).toEqual(
    Object.keys(dashboards)
      .map((name) => `${name}.json`)
      .toSorted(),
  );
  expect(Object.values(dashboards).map(({ uid }) => uid)).toEqual(Object.values(uids));
});

describe.each(Object.entries(dashboards))('%s', (name, dashboard) => {
  test('is what the committed file says: node grafana-plugin/dashboards/generate.mjs writes it', () => {
    expect(readFileSync(new URL(`${name}.json`, folder), 'utf8')).toBe(printed(dashboard));
  });

  test('asks the data source of its variable alone', () => {
    const named = [...printed(dashboard).matchAll(/"uid": "([^"]*)"/g)].map(([, uid]) => uid);
    expect(new Set(named)).toEqual(new Set([dashboard.uid, '${datasource}']));
    expect(dashboard.templating?.list?.[0]).toMatchObject({ type: 'datasource', query: 'prometheus', name: 'datasource' });
  });

  test('gives every panel an id of its own, a title and a word on what it tells', () => {
    const panels = all(dashboard);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(panels.filter(({ title }) => !/\S/.test(title ?? ''))).toEqual([]);
    expect(panels.filter((panel) => !isRow(panel) && !/\S/.test(panel.description ?? ''))).toEqual([]);
  });

  test('lays no panel over another, nor beyond the edge', () => {
    const places = (dashboard.panels ?? []).map(({ gridPos }) => gridPos!);
    for (const [index, a] of places.entries()) {
      expect(a.x + a.w).toBeLessThanOrEqual(24);
      for (const b of places.slice(index + 1))
        expect(a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y).toBe(true);
    }
  });

  test('uses only variables that it has, and links only to dashboards that there are', () => {
    const known = new Set((dashboard.templating?.list ?? []).map((variable) => variable.name));
    for (const panel of all(dashboard))
      for (const target of isRow(panel) ? [] : (panel.targets ?? []))
        for (const [, used] of String(target['expr']).matchAll(/\$(?!__)\{?(\w+)/g)) expect(known).toContain(used);
    for (const [, uid] of printed(dashboard).matchAll(/"\/d\/([\w-]+)/g)) expect(Object.values<string>(uids)).toContain(uid);
  });
});

test('the fleet opens a host with the last day and the next', () => {
  expect(printed(dashboards['fleet']!)).toContain(
    '/d/presage-host?var-datasource=${datasource}&var-instance=${__value.raw}&from=now-24h&to=now+24h',
  );
  expect(dashboards['host']!.time).toEqual({ from: 'now-24h', to: 'now+24h' });
});
