import { command, UsageError, type Command } from '@presage/service/command-line.ts';
import { choiceFlag, intFlag, stringFlag, type FlagValues } from '@presage/service/flags.ts';
import { errorText } from '@presage/service/log.ts';
import { nearest } from '@presage/service/nearest.ts';
import { z } from 'zod';
import { PrometheusError } from '../prometheus/prometheus-error.ts';
import type { Transport } from '../prometheus/transport.ts';
import { explanationSchema, type Explanation } from '../watch/explanation.ts';
import { explanationText } from './explanation-text.ts';
import { sidecarFlags, sidecarTransport } from './sidecar-transport.ts';

const flags = {
  ...sidecarFlags,
  watch: stringFlag({ help: 'Explain series of this watch alone.' }),
  format: choiceFlag(['text', 'json'], { help: 'What to write: text for people, or JSON as the API gives it.', default: 'text' }),
  limit: intFlag({ help: 'Most series that are explained.', default: 10, min: 1, max: 1000 }),
} as const;

type Values = FlagValues<typeof flags>;

/** Series shown where none matches, and how many are looked at for them. */
const examples = 5;
const mostLooked = 1000;

/** What the command works with. */
export interface ExplainWorld {
  /** Text of a file; throws where it cannot be read. */
  readonly read: (path: string) => string;
  readonly write: (text: string) => void;
}

const watchesAnswer = z.object({ data: z.array(z.object({ name: z.string() })) });
const explanationsAnswer = z.object({ data: z.array(explanationSchema) });
const seriesAnswer = z.object({ data: z.array(z.object({ watch: z.string(), labels: z.record(z.string(), z.string()) })) });
const errorAnswer = z.object({ error: z.string() });

/** `presage explain [SELECTOR]`: why series are forecast as they are, told by the running sidecar. */
export function explainCommand(world: ExplainWorld): Command {
  return command({
    help: 'Tell why series are forecast as they are: models tried, losses, weights, bands, seasons, state and limits.',
    flags,
    arguments: [{ name: 'SELECTOR', help: 'Which series, such as {instance="web-1"}; all where absent.', required: false }],
    run: async (values, [selector]) => {
      const transport = sidecarTransport(values, world.read);
      try {
        const explanations = await askAll(transport, values, selector);
        if (values.format === 'json') world.write(`${JSON.stringify(explanations, null, 2)}\n`);
        else world.write(explanations.map(explanationText).join('\n'));
        if (explanations.length > 0) return 0;
        if (values.format === 'text') world.write(await nothing(transport, values, selector));
        return 1;
      } catch (error) {
        if (error instanceof PrometheusError) throw new UsageError(`--url: ${errorText(error)}`, { cause: error });
        throw error;
      }
    },
  });
}

async function askAll(transport: Transport, values: Values, selector: string | undefined): Promise<Explanation[]> {
  const known = (await ask(transport, 'api/v1/watches', watchesAnswer)).data.map(({ name }) => name);
  if (values.watch !== '' && !known.includes(values.watch))
    throw new UsageError(
      `--watch: got ${JSON.stringify(values.watch)}, want ${nearest(values.watch, known) ?? `one of ${known.join(', ')}`}`,
    );
  const watches = values.watch === '' ? known : [values.watch];
  const found: Explanation[] = [];
  for (const watch of watches) {
    if (found.length >= values.limit) break;
    const query = new URLSearchParams({ limit: String(values.limit - found.length) });
    if (selector !== undefined) query.set('match[]', selector);
    found.push(
      ...(await ask(transport, `api/v1/series/${encodeURIComponent(watch)}/explanation?${query.toString()}`, explanationsAnswer)).data,
    );
  }
  return found;
}

/** What is said where no series matches: some that are there, of as many watches as there is room for, as they are asked for. */
async function nothing(transport: Transport, { watch }: Pick<Values, 'watch'>, selector: string | undefined): Promise<string> {
  const query = new URLSearchParams({ limit: String(mostLooked), ...(watch === '' ? {} : { 'match[]': `{watch="${watch}"}` }) });
  const { data: there } = await ask(transport, `api/v1/series?${query.toString()}`, seriesAnswer);
  if (there.length === 0)
    return `no series is there yet${watch === '' ? '' : ` of the watch ${watch}`}; presage check says what each watch finds\n`;
  const isFirst = (series: (typeof there)[number]): boolean => there.find((other) => other.watch === series.watch) === series;
  const shown = [...there.filter(isFirst), ...there.filter((series) => !isFirst(series))].slice(0, examples);
  const lines = shown.map((series) => `  ${selectorFor(series.labels)}  of the watch ${series.watch}\n`);
  return `no series matches ${selector ?? ''}; there are, for example:\n${lines.join('')}`;
}

function selectorFor(labels: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{${matchers.join(', ')}}`;
}

/** Asks the sidecar. Throws a UsageError for what it refuses, a PrometheusError where it cannot be asked. */
async function ask<T>(transport: Transport, path: string, schema: z.ZodType<T>): Promise<T> {
  const { status, body } = await transport.request({ method: 'GET', path });
  const answer = jsonOf(body);
  if (status === 401) throw new UsageError('--http.username: got no access, want the user name and password that the sidecar asks for');
  const refused = errorAnswer.safeParse(answer);
  if (status !== 200 && refused.success) throw new UsageError(refused.data.error);
  const read = schema.safeParse(answer);
  if (status === 200 && read.success) return read.data;
  throw new UsageError(`--url: got status ${status} and no answer of a sidecar of this version, want the address of one`);
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
