import { readdirSync, readFileSync } from 'node:fs';
import { repositoryFile } from './machine.ts';

/** One query of a dashboard of provisioning/grafana, with what the dashboard reads from its answer. */
export interface DashboardQuery {
  /** The dashboard's file, the panel and the query's letter, for messages. */
  readonly place: string;
  readonly expr: string;
  /** Labels that the dashboard names: in legends, texts of marks, and columns of tables. */
  readonly labels: readonly string[];
}

interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat?: string;
}

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly Target[];
  readonly panels?: readonly Panel[];
  readonly transformations?: readonly {
    readonly id: string;
    readonly options: { readonly include?: { readonly names: readonly string[] } };
  }[];
}

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { name: string; expr: string; titleFormat: string; textFormat: string }[] };
  readonly templating: { readonly list: readonly { name: string; type: string; query: string | { query: string } }[] };
}

/** Every dashboard of provisioning/grafana by the name of its file. */
export function readDashboards(): ReadonlyMap<string, Dashboard> {
  const folder = repositoryFile('provisioning/grafana/dashboards');
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return new Map(files.map((name) => [name, JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'))]));
}

/** Every query of every dashboard: of panels, and of the marks that alerts leave on charts. */
export function dashboardQueries(): readonly DashboardQuery[] {
  return [...readDashboards()].flatMap(([file, { panels, annotations }]) => [
    ...panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]).flatMap((panel) => queriesOf(file, panel)),
    ...annotations.list.map(({ name, expr, titleFormat, textFormat }) => ({
      place: `${file}: ${name}`,
      expr,
      labels: placeholders(`${titleFormat} ${textFormat}`),
    })),
  ]);
}

function queriesOf(file: string, panel: Panel): DashboardQuery[] {
  const columns = (panel.transformations ?? []).flatMap(({ options }) => options.include?.names ?? []);
  const shown = columns.filter((name) => !name.startsWith('Value'));
  return (panel.targets ?? []).map(({ refId, expr, legendFormat }) => ({
    place: `${file}: ${panel.title} ${refId}`,
    expr,
    // Of several queries the first gives the columns; the others are joined to it.
    labels: refId === 'A' ? [...placeholders(legendFormat ?? ''), ...shown] : placeholders(legendFormat ?? ''),
  }));
}

const placeholders = (text: string): string[] => [...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, name]) => name);
