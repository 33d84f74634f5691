import { command, UsageError, type Command } from '@presage/service/command-line.ts';
import { choiceFlag, stringFlag, type FlagValues } from '@presage/service/flags.ts';
import { errorText } from '@presage/service/log.ts';
import { z } from 'zod';
import type { Configuration } from '../configuration/configuration.ts';
import { doubtful, right, wrong, type Finding } from '../doctor/finding.ts';
import { examineGrafana } from '../doctor/grafana.ts';
import { examineRemoteRead, examineRemoteWrite, examineScrape, readPrometheusFile } from '../doctor/prometheus-file.ts';
import {
  examineAlertmanagers,
  examineClock,
  examineFuture,
  examineHostClocks,
  examineLabels,
  examineRules,
  examineVersion,
  findSidecar,
  readClock,
} from '../doctor/prometheus-state.ts';
import { examineSidecar } from '../doctor/sidecar.ts';
import type { PrometheusClient } from '../prometheus/client.ts';
import { PrometheusError } from '../prometheus/prometheus-error.ts';
import { createTransport } from '../prometheus/transport.ts';
import { cardinalityOf, checkWatches } from './check.ts';
import { readIfGiven, sidecarFlags, sidecarTransport } from './sidecar-transport.ts';

const flags = {
  'config.file': stringFlag({ help: 'Path of the configuration file of the sidecar.', default: 'presage.yml' }),
  ...sidecarFlags,
  'grafana.url': stringFlag({ help: 'Address of Grafana; empty: it is not looked at.' }),
  'grafana.token.file': stringFlag({ help: 'File with a token of a service account of Grafana.' }),
  format: choiceFlag(['text', 'json'], { help: 'What to write: text for people, or a JSON list of findings.', default: 'text' }),
} as const;

type Values = FlagValues<typeof flags>;

/** What the command works with. */
export interface DoctorWorld {
  readonly configurationAt: (path: string) => Configuration;
  /** A client that asks once; `warned` is handed what Prometheus warns of. */
  readonly clientOf: (configuration: Configuration, timeoutSeconds: number, warned: (warning: string) => void) => PrometheusClient;
  /** Text of a file; throws where it cannot be read. */
  readonly read: (path: string) => string;
  readonly write: (text: string) => void;
  /** Unix seconds. */
  readonly now: () => number;
}

/** `presage doctor`: looks at a running set-up, and says what is wrong with the lines that mend it. */
export function doctorCommand(world: DoctorWorld): Command {
  return command({
    help: 'Look at a running set-up (sidecar, Prometheus, rules, Alertmanager, Grafana) and tell what is wrong, with the lines to paste.',
    flags,
    run: async (values) => {
      const findings = await examine(values, world);
      world.write(values.format === 'json' ? `${JSON.stringify(findings, null, 2)}\n` : doctorText(findings));
      return findings.some(({ verdict }) => verdict === 'wrong') ? 1 : 0;
    },
  });
}

const marks = { right: '✓', doubtful: '!', wrong: '✗' } as const;

/** Findings for people: a line each, below it what to paste, and at the end how many of each. */
export function doctorText(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ verdict, text, paste }) => [
    `${marks[verdict]} ${text}`,
    ...(paste ? [`  in ${paste.file}:`, ...paste.lines.split('\n').map((line) => `    ${line}`)] : []),
  ]);
  const count = (wanted: Finding['verdict']) => findings.filter(({ verdict }) => verdict === wanted).length;
  return `${lines.join('\n')}\n\n${count('right')} right, ${count('doubtful')} doubtful, ${count('wrong')} wrong\n`;
}

async function examine(values: Values, world: DoctorWorld): Promise<Finding[]> {
  const configuration = world.configurationAt(values['config.file']);
  const warnings: string[] = [];
  const client = world.clientOf(configuration, values.timeout, (warning) => warnings.push(warning));
  const grafana = grafanaOf(values, world);
  const findings: Finding[] = [];
  let received: number | undefined;
  await attempt(
    findings,
    'sidecar',
    `start it: presage run --config.file=${values['config.file']}, or tell where it is: --url`,
    async () => {
      const state = await examineSidecar(sidecarTransport(values, world.read), values.url);
      received = state.received;
      return state.findings;
    },
  );
  const reached = await attempt(findings, 'prometheus', 'mend prometheus.url in the configuration of the sidecar', async () => {
    const { version } = await client.buildInfo();
    const before = world.now();
    const theirs = await readClock(client);
    return [examineVersion(version), examineClock(theirs, before, world.now())];
  });
  if (reached) await examinePrometheus(findings, configuration, client, { ...values, received, warnings, now: world.now() });
  if (grafana) await attempt(findings, 'grafana', 'mend --grafana.url', () => examineGrafana(grafana));
  return findings;
}

/** What an examination of Prometheus goes by. */
interface Looking {
  /** Where the sidecar is as seen from here. */
  readonly url: string;
  /** Live samples that the sidecar has taken; nothing where it could not be asked. */
  readonly received: number | undefined;
  readonly warnings: readonly string[];
  /** Unix seconds. */
  readonly now: number;
}

async function examinePrometheus(
  findings: Finding[],
  configuration: Configuration,
  client: PrometheusClient,
  looking: Looking,
): Promise<void> {
  const { now, url } = looking;
  const step = (about: string, ask: () => Promise<readonly Finding[]>) => attempt(findings, about, undefined, ask);
  await step('prometheus.yml', async () => {
    const target = await findSidecar(client, now);
    const file = readPrometheusFile(yamlSchema.parse(await client.get('status/config')).yaml);
    if (!file) return [doubtful('prometheus.yml: got something that cannot be read, want the configuration of a Prometheus')];
    const address = target?.address ?? new URL(url).host;
    return [
      ...examineScrape(file, target?.job, address),
      ...examineRemoteRead(file, address),
      ...examineRemoteWrite(file, address).map((finding) => arriving(finding, looking.received)),
    ];
  });
  await step('labels', () => examineLabels(client, now));
  await step('future', async () => [await examineFuture(client, now, looking.warnings)]);
  await step('clock', async () => [await examineHostClocks(client, now)]);
  await step('watches', async () => examineWatches(configuration, client, now));
  await step('rules', () => examineRules(client));
  await step('alertmanager', async () => [await examineAlertmanagers(client)]);
}

/** Below, nobody has to care how many series Presage adds. */
const manySeries = 10_000;

const yamlSchema = z.object({ yaml: z.string() });

/** Samples that are sent and do not come are no samples. */
function arriving(finding: Finding, received: number | undefined): Finding {
  if (finding.verdict !== 'right' || received !== 0) return finding;
  return doubtful(`${finding.text}, but the sidecar has taken none yet: does a watch name what is scraped or recorded? See presage check`);
}

/** Series of each watch against its limit, and of all of them against what Prometheus holds. */
async function examineWatches(configuration: Configuration, client: PrometheusClient, now: number): Promise<Finding[]> {
  const checks = await checkWatches(configuration, client, now);
  let total = 0;
  const findings = checks.map(({ watch, series, fault, warning }): Finding => {
    total += (series ?? 0) * cardinalityOf(watch, configuration.gauges).metrics;
    if (fault !== undefined) return wrong(fault);
    return warning === undefined ? right(`watch ${watch.name}: ${series} of at most ${watch.seriesLimit} series`) : doubtful(warning);
  });
  const head = (await client.query('sum(prometheus_tsdb_head_series)', now))[0]?.value;
  const text = `cardinality: Presage adds about ${total} series`;
  if (head === undefined) return [...findings, right(text)];
  const others = Math.max(1, head - total);
  const share = `${text} to the ${others} that Prometheus holds else`;
  return [
    ...findings,
    total > Math.max(others, manySeries) ? doubtful(`${share}: fewer gauges.quantiles or gauges.horizons make it less`) : right(share),
  ];
}

/** Adds what an examination finds; where it cannot be made, that. Resolves to whether it could. */
async function attempt(
  findings: Finding[],
  about: string,
  mend: string | undefined,
  ask: () => Promise<readonly Finding[]>,
): Promise<boolean> {
  try {
    findings.push(...(await ask()));
    return true;
  } catch (error) {
    if (!(error instanceof PrometheusError) && !(error instanceof z.ZodError)) throw error;
    const text = error instanceof PrometheusError ? errorText(error) : 'got an answer of another shape, want that of Prometheus';
    findings.push(mend === undefined ? doubtful(`${about}: ${text}`) : wrong(`${about}: ${text}; ${mend}`));
    return false;
  }
}

function grafanaOf(values: Values, world: DoctorWorld) {
  const url = values['grafana.url'];
  if (url === '') return undefined;
  if (!URL.canParse(url)) throw new UsageError(`--grafana.url: got ${JSON.stringify(url)}, want an address such as http://127.0.0.1:3000`);
  const token = readIfGiven('grafana.token.file', values['grafana.token.file'], world.read)?.trim();
  return createTransport({ url, timeoutSeconds: values.timeout, maxAnswerBytes: 16 * 2 ** 20, ...(token ? { bearerToken: token } : {}) });
}
