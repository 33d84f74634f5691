import { parseFlags, UsageError, type FlagProgram, type Parsed } from '@presage/service/command-line.ts';
import { decodeYaml } from '@presage/service/decode.ts';
import { flagsFile } from '@presage/service/flags-file.ts';
import type { FlagSchema, FlagValues } from '@presage/service/flags.ts';
import type { Logger } from '@presage/service/log.ts';
import { parseProbeConfig, parseProbesAmongFlags, type ProbeConfig } from './probes/modules.ts';
import { openProbeConfig, readText } from './probes/probe-config.ts';

/** The keys of `--config.file` that are no flags. */
const PROBE_KEYS = ['modules', 'probes'];

/**
 * The values of the flags, from the command line and, for those that it does not give, from the file that `--config.file` names.
 * Throws UsageError, for a file with all of its faults.
 */
export function parseWithFile<S extends FlagSchema & { readonly exporter: FlagSchema }>(
  program: FlagProgram<S>,
  words: readonly string[],
): Parsed<FlagValues<S>> {
  const bare = parseFlags(program, words);
  const file = 'text' in bare ? '' : fileNamed(bare.values);
  if (file === '') return bare;
  const yaml = readText(file, '--config.file');
  const given = decodeYaml(yaml, file, flagsFile(program.flags, PROBE_KEYS));
  if (given.has('config.file')) throw new UsageError(`${file}: config.file: got a file named by a file, want it on the command line alone`);
  return parseFlags(program, words, given);
}

function fileNamed({ exporter }: { readonly exporter: unknown }): string {
  const named: unknown = typeof exporter === 'object' && exporter !== null ? Reflect.get(exporter, 'config.file') : undefined;
  return typeof named === 'string' ? named : '';
}

/** The probe modules and static probes: of `--probe.config.file`, else of `--config.file`. Throws UsageError if both have some. */
export function openProbes(
  values: { readonly 'config.file': string; readonly 'probe.config.file': string },
  log: Logger,
): () => ProbeConfig {
  const { 'config.file': common, 'probe.config.file': own } = values;
  if (own === '') return openProbeConfig(common, '--config.file', parseProbesAmongFlags, log);
  if (common !== '' && /^["']?(?:modules|probes)["']?\s*:/m.test(readText(common, '--config.file')))
    throw new UsageError('--probe.config.file: got probes in --config.file as well, want them in one of the two');
  return openProbeConfig(own, '--probe.config.file', parseProbeConfig, log);
}
