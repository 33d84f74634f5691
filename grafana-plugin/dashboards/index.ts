import type { Dashboard } from '@grafana/schema';
import { fleet } from './fleet.ts';
import { host } from './host.ts';
import { quality } from './quality.ts';
import { self } from './self.ts';

/** Every dashboard that Presage ships, by the name of its file in provisioning/grafana/dashboards. */
export const dashboards: Readonly<Record<string, Dashboard>> = { fleet, host, quality, self };

/** The file of a dashboard: JSON that Grafana provisions and people can read the changes of. */
export const printed = (dashboard: Dashboard): string => `${JSON.stringify(dashboard, null, 2)}\n`;
