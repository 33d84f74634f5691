import { command, UsageError, type Command } from '@presage/service/command-line.ts';
import { choiceFlag, intFlag, stringFlag, type FlagValues } from '@presage/service/flags.ts';
import { errorText } from '@presage/service/log.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { PrometheusClient } from '../prometheus/client.ts';
import { PrometheusError } from '../prometheus/prometheus-error.ts';
import { isShare, readUsage } from '../recommend/read-usage.ts';
import { rightSizeText, whyOf } from '../recommend/right-size-text.ts';
import { rightSize } from '../recommend/right-size.ts';
import { readGrid } from './history.ts';

/** What the command needs of the program around it. */
export interface RecommendWorld {
  readonly configurationAt: (path: string) => Configuration;
  readonly clientOf: (configuration: Configuration) => PrometheusClient;
  /** Unix seconds. */
  readonly now: () => number;
  readonly print: (text: string) => void;
  /** One line of progress that the next one replaces; empty to clear it. */
  readonly progress: (line: string) => void;
}

const flags = {
  'config.file': stringFlag({ help: 'Path of the configuration file, whose Prometheus and watches are read.', default: 'presage.yml' }),
  host: stringFlag({ help: 'Recommend for this host alone, as its label has it, such as web-1:9100.' }),
  'host.label': stringFlag({ help: 'Label whose values are hosts; as the configuration says where not given.' }),
  target: intFlag({ help: 'Per cent of a capacity that the highest use shall take.', default: 70, min: 10, max: 95 }),
  tolerance: intFlag({ help: 'A size that is right to so many per cent is kept.', default: 20, min: 0, max: 90 }),
  format: choiceFlag(['text', 'json'], { help: 'What to write: text for people, or JSON.', default: 'text' }),
} as const;

/** `presage recommend`: what size the hosts should have, from what they used and what is expected of them. */
export function recommendCommand(world: RecommendWorld): Command {
  return command({
    help: 'Say what size each host should have: what to shrink or grow, why, and what is saved or risked.',
    flags,
    run: async (values) => {
      try {
        return await run(values, world);
      } catch (error) {
        if (error instanceof PrometheusError) throw new UsageError(`prometheus.url: ${errorText(error)}`, { cause: error });
        throw error;
      } finally {
        world.progress('');
      }
    },
  });
}

async function run(values: FlagValues<typeof flags>, world: RecommendWorld): Promise<number> {
  const configuration = world.configurationAt(values['config.file']);
  const watches = configuration.watches.filter(isShare);
  if (watches.length === 0) {
    const found = configuration.watches.map(({ name }) => name).join(', ') || 'none';
    throw new UsageError(
      `watches: got ${found}, want one with bounds [0, 1] and a limit above, such as those of \`preset: node\`: only of a share of a capacity can a size be said`,
    );
  }
  const client = world.clientOf(configuration);
  const usages = await readUsage({
    configuration,
    client,
    now: world.now(),
    hostLabel: values['host.label'] || (configuration.hosts?.label ?? 'instance'),
    ...(values.host === '' ? {} : { host: values.host }),
    readGrid: async (settings, from, to) => (await readGrid(client, settings, from, to)).matrix,
    progress: (what, done, all) => world.progress(`${what} (${done + 1} of ${all})`),
  });
  world.progress('');
  if (usages.length === 0) {
    const which = values.host === '' ? 'no host' : `--host: got ${JSON.stringify(values.host)}, of which nothing is known`;
    const wish = `want at least a day of samples of ${watches.map(({ name }) => name).join(', ')}`;
    throw new UsageError(values.host === '' ? `watches: got samples of ${which}, ${wish}` : `${which}, ${wish}`);
  }
  const target = values.target / 100;
  const recommendations = rightSize(usages, { target, tolerance: values.tolerance / 100 });
  if (values.format === 'text') world.print(`${rightSizeText(recommendations, target)}\n`);
  else
    world.print(
      `${JSON.stringify(
        recommendations.map((one) => ({ ...one, why: whyOf(one.usage, target) })),
        null,
        2,
      )}\n`,
    );
  return 0;
}
