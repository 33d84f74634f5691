import {
  DashboardCursorSync,
  VariableHide,
  VariableRefresh,
  VariableSort,
  type AnnotationQuery,
  type Dashboard,
  type DashboardLink,
  type Panel,
  type RowPanel,
  type VariableModel,
} from '@grafana/schema';
import { source, type Sized } from './panels.ts';

/** The dashboards by the names under which others link to them: `/d/UID`. Alerts name them in `dashboard_url`. */
export const uids = { fleet: 'presage-fleet', host: 'presage-host', quality: 'presage-quality', self: 'presage-self' } as const;

/** Panels under a heading; those of a `closed` one are asked for when a reader opens it. */
export interface Section {
  readonly title: string;
  readonly closed?: boolean;
  readonly panels: readonly Sized[];
}

/** What makes one dashboard. `from` and `to` in Grafana's words. */
export interface Plan {
  readonly uid: (typeof uids)[keyof typeof uids];
  readonly title: string;
  readonly description: string;
  readonly from: string;
  readonly to: string;
  readonly variables: readonly VariableModel[];
  readonly annotations?: readonly AnnotationQuery[];
  readonly sections: readonly Section[];
}

/** The dashboard as Grafana reads it, its panels laid out from left to right in the order given. */
export function dashboard(plan: Plan): Dashboard {
  return {
    uid: plan.uid,
    title: plan.title,
    description: plan.description,
    tags: ['presage'],
    editable: true,
    schemaVersion: 41,
    version: 1,
    refresh: '1m',
    timezone: '',
    time: { from: plan.from, to: plan.to },
    graphTooltip: DashboardCursorSync.Crosshair,
    links: [others],
    templating: { list: [datasource, ...plan.variables] },
    annotations: { list: [...(plan.annotations ?? [])] },
    panels: layOut(plan.sections),
  };
}

/** A variable whose values are those of a label, chosen one at a time. */
export function labelVariable(name: string, label: string, query: string, change: Partial<VariableModel> = {}): VariableModel {
  return {
    type: 'query',
    name,
    label,
    datasource: source,
    query: { query, refId: 'variable' },
    refresh: VariableRefresh.onTimeRangeChanged,
    sort: VariableSort.alphabeticalAsc,
    hide: VariableHide.dontHide,
    ...change,
  };
}

/** Marks on every chart what an expression found: its text from labels. */
export function marks(name: string, expr: string, titleFormat: string, textFormat: string): AnnotationQuery {
  const target = { refId: 'marks', expr, titleFormat, textFormat, step: '60s', useValueForTime: false };
  return { name, enable: true, iconColor: 'orange', datasource: source, ...target, target };
}

const datasource: VariableModel = {
  type: 'datasource',
  name: 'datasource',
  label: 'Data source',
  query: 'prometheus',
  refresh: VariableRefresh.onDashboardLoad,
  hide: VariableHide.dontHide,
};

const others: DashboardLink = {
  type: 'dashboards',
  title: 'Presage',
  tags: ['presage'],
  asDropdown: false,
  includeVars: true,
  keepTime: false,
  targetBlank: false,
  icon: 'external link',
  tooltip: '',
};

const columns = 24;

function layOut(sections: readonly Section[]): (Panel | RowPanel)[] {
  const placed: (Panel | RowPanel)[] = [];
  let id = 0;
  let y = 0;
  for (const { title, closed = false, panels } of sections) {
    const row: RowPanel = { id: ++id, type: 'row', title, collapsed: closed, gridPos: { x: 0, y, w: columns, h: 1 }, panels: [] };
    placed.push(row);
    y++;
    const { panels: inside, bottom } = flow(panels, y, id);
    id += inside.length;
    if (closed) row.panels = inside;
    else {
      placed.push(...inside);
      y = bottom;
    }
  }
  return placed;
}

/** From left to right, and on to the next line where a panel does not fit. */
function flow(panels: readonly Sized[], top: number, lastId: number): { panels: Panel[]; bottom: number } {
  let [x, y, bottom] = [0, top, top];
  const placed = panels.map(({ width, height, panel }, index) => {
    if (x + width > columns) [x, y] = [0, bottom];
    const gridPos = { x, y, w: width, h: height };
    x += width;
    bottom = Math.max(bottom, y + height);
    return { ...panel, id: lastId + 1 + index, gridPos };
  });
  return { panels: placed, bottom };
}
