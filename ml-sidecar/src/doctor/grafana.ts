import { z } from 'zod';
import type { Transport } from '../prometheus/transport.ts';
import { doubtful, right, wrong, type Finding } from './finding.ts';

const PANEL = 'presage-forecast-panel';
const pluginSchema = z.object({ info: z.object({ version: z.string() }).optional(), signature: z.string().optional() });
const sourcesSchema = z.array(
  z.object({ name: z.string(), type: z.string(), jsonData: z.object({ incrementalQuerying: z.boolean().optional() }).nullish() }),
);

/** Whether Grafana has the panel and a Prometheus data source that shows the future. Rejects with a PrometheusError where it does not answer. */
export async function examineGrafana(grafana: Transport): Promise<Finding[]> {
  const plugin = await ask(grafana, `api/plugins/${PANEL}/settings`);
  const sources = await ask(grafana, 'api/datasources');
  if (plugin.status === 401 || plugin.status === 403 || sources.status === 401 || sources.status === 403)
    return [
      wrong('grafana: got no access, want a token of a service account that may read data sources and plug-ins: --grafana.token.file'),
    ];
  const installed = pluginSchema.safeParse(plugin.body);
  const findings: Finding[] = [];
  if (plugin.status === 200 && installed.success) {
    findings.push(right(`grafana: the panel is installed${installed.data.info ? `, version ${installed.data.info.version}` : ''}`));
  } else {
    findings.push(
      wrong(`grafana: got no panel ${PANEL}, want it among the plug-ins`, {
        file: 'grafana.ini',
        lines: `[plugins]\nallow_loading_unsigned_plugins = ${PANEL}`,
      }),
    );
  }
  const read = sourcesSchema.safeParse(sources.body);
  const prometheus = read.success ? read.data.filter(({ type }) => type === 'prometheus') : [];
  if (prometheus.length === 0) findings.push(wrong('grafana: got no data source of type prometheus, want one: see provisioning/grafana'));
  for (const { name, jsonData } of prometheus) {
    if (jsonData?.incrementalQuerying !== true) findings.push(right(`grafana: data source ${name} asks for every range anew`));
    else
      findings.push(
        doubtful(`grafana: data source ${name} has incrementalQuerying: true, want false: it keeps forecasts that were replaced since`),
      );
  }
  return findings;
}

async function ask(grafana: Transport, path: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const { status, body } = await grafana.request({ method: 'GET', path });
  try {
    return { status, body: JSON.parse(body.toString('utf8')) };
  } catch {
    return { status, body: undefined };
  }
}
