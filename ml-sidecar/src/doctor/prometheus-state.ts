import { formatDuration } from '@presage/service/duration.ts';
import { z } from 'zod';
import { parseVector } from '../prometheus/answer.ts';
import type { PrometheusClient } from '../prometheus/client.ts';
import { doubtful, right, wrong, type Finding } from './finding.ts';

/** The oldest version that the future was tried with: major and minor. */
const oldest = [2, 42] as const;
/** Seconds by which two clocks may differ: a score is stamped at the scrape, a forecast by the clock of the sidecar. */
const mostSkew = 5;

/** Whether the version is one that Presage was tried with. */
export function examineVersion(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (version === '') return doubtful('prometheus: it names no version; remote read is needed for the future, see docs/stores.md');
  const tooOld = major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
  if (tooOld) return wrong(`prometheus: got version ${version}, want ${oldest.join('.')} or newer`);
  return right(`prometheus: version ${version}`);
}

/** What Prometheus' clock shows, Unix seconds: asked without a time, it takes its own. Rejects with a PrometheusError. */
export async function readClock(client: PrometheusClient): Promise<number> {
  return parseVector(await client.get('query', { query: 'time()' })).series[0]?.value ?? NaN;
}

/** How far the clock of Prometheus, which was asked from `before` to `after`, is from the own one. All Unix seconds. */
export function examineClock(theirs: number, before: number, after: number): Finding {
  // Within the time of the question nobody can tell.
  const skew = theirs > after ? theirs - after : Math.min(0, theirs - before);
  if (Math.abs(skew) <= mostSkew) return right(`clock: Prometheus and this machine agree within ${mostSkew} s`);
  const direction = skew > 0 ? 'ahead of' : 'behind';
  const found = `got Prometheus ${formatDuration(Math.round(Math.abs(skew)))} ${direction} this machine`;
  return wrong(`clock: ${found}, want at most ${mostSkew} s: times to a limit are off by as much`, {
    file: 'the machine whose clock is wrong',
    lines: 'timedatectl set-ntp true',
  });
}

/** Hosts whose exporter tells another time than Prometheus stamped at the scrape. */
export async function examineHostClocks(client: PrometheusClient, now: number): Promise<Finding> {
  const skewed = await client.query(`abs(node_time_seconds - timestamp(node_time_seconds)) > ${mostSkew}`, now);
  if (skewed.length === 0) return right('clock: no exporter tells another time than Prometheus');
  const hosts = skewed.map(({ labels, value }) => `${labels['instance']} by ${Math.round(value)} s`).sort();
  return doubtful(`clock: got other times on ${listed(hosts)}, want at most ${mostSkew} s`);
}

/** Where Prometheus scrapes the sidecar. */
export interface SidecarTarget {
  /** Host and port as Prometheus sees them. */
  readonly address: string;
  readonly job: string;
}

const targetsSchema = z.object({
  activeTargets: z.array(
    z.object({
      scrapeUrl: z.string(),
      scrapePool: z.string(),
      health: z.string(),
      lastError: z.string(),
      labels: z.record(z.string(), z.string()),
    }),
  ),
});

/** The target that the sidecar is, by what it tells of itself; nothing where none is scraped. */
export async function findSidecar(client: PrometheusClient, now: number): Promise<SidecarTarget | undefined> {
  const told = await client.query('presage_build_info', now);
  const read = targetsSchema.safeParse(await client.get('targets', { state: 'active' }));
  const targets = read.success ? read.data.activeTargets : [];
  for (const { labels } of told) {
    const target = targets.find(
      (one) => one.labels['instance'] === labels['instance'] && one.labels['job'] === labels['job'] && URL.canParse(one.scrapeUrl),
    );
    if (target) return { address: new URL(target.scrapeUrl).host, job: target.scrapePool };
  }
  return undefined;
}

/** Whether series keep the labels that they came with. */
export async function examineLabels(client: PrometheusClient, now: number): Promise<Finding[]> {
  const renamed = await client.query('count by (job) (presage_anomaly_score{exported_instance!=""})', now);
  return renamed.map(({ labels, value }) =>
    wrong(`job ${labels['job']}: got ${value} series with exported_instance, want instance itself: set honor_labels: true`),
  );
}

/** Whether PromQL sees the future. `warnings` are what Prometheus says of the questions asked in the meantime. */
export async function examineFuture(client: PrometheusClient, now: number, warnings: readonly string[]): Promise<Finding> {
  const ready = (await client.query('count(presage_series_state{state="ready"} == 1)', now))[0]?.value ?? 0;
  const ahead = (await client.query('count(presage_forecast{quantile="0.5"} offset -30m)', now))[0]?.value ?? 0;
  if (ready === 0) {
    const seen = ahead > 0 ? `PromQL sees ${ahead} series half an hour ahead` : 'PromQL sees none yet';
    return doubtful(`future: ${seen}, and no series is ready: models come with the first fits, after 30 values; see presage explain`);
  }
  if (ahead > 0) return right(`future: PromQL sees ${ahead} series half an hour ahead`);
  const because = warnings.length > 0 ? `: ${warnings[warnings.length - 1]}` : '';
  return wrong(`future: got no presage_forecast half an hour ahead although ${ready} series are ready, want some${because}`);
}

const rulesSchema = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(z.object({ name: z.string(), health: z.string(), lastError: z.string().optional() })),
    }),
  ),
});

/** Whether the rules of Presage are loaded and can be evaluated. */
export async function examineRules(client: PrometheusClient): Promise<Finding[]> {
  const read = rulesSchema.safeParse(await client.get('rules'));
  const groups = read.success ? read.data.groups.filter(({ name }) => name.startsWith('presage-')) : [];
  const rules = groups.flatMap((group) => group.rules);
  if (rules.length === 0)
    return [
      doubtful('rules: got none of Presage, want those of provisioning/prometheus/rules: nothing alerts', {
        file: 'prometheus.yml',
        lines: 'rule_files:\n  - /path/to/presage/provisioning/prometheus/rules/*.yml',
      }),
    ];
  const failing = rules.filter(({ health }) => health === 'err');
  if (failing.length === 0) return [right(`rules: ${rules.length} of Presage are loaded`)];
  return failing.map(({ name, lastError }) => wrong(`rules: ${name} fails: ${lastError ?? 'no cause given'}`));
}

const alertmanagersSchema = z.object({ activeAlertmanagers: z.array(z.object({ url: z.string() })) });

/** Whether alerts go anywhere. */
export async function examineAlertmanagers(client: PrometheusClient): Promise<Finding> {
  const read = alertmanagersSchema.safeParse(await client.get('alertmanagers'));
  const active = read.success ? read.data.activeAlertmanagers.length : 0;
  if (active > 0) return right(`alertmanager: Prometheus sends alerts to ${active}`);
  return doubtful('alertmanager: got none, want one: alerts fire and nobody is told', {
    file: 'prometheus.yml',
    lines: "alerting:\n  alertmanagers:\n    - static_configs:\n        - targets: ['127.0.0.1:9093']",
  });
}

/** At most five, and how many more. */
function listed(names: readonly string[]): string {
  const most = 5;
  const rest = names.length - most;
  return rest > 0 ? `${names.slice(0, most).join(', ')} and ${rest} more` : names.join(', ');
}
