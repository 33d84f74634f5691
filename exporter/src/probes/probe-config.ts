import { errorText, type Logger } from '@presage/service/log.ts';
import { UsageError } from '@presage/service/command-line.ts';
import { reloading } from '@presage/service/reloading.ts';
import { readFileSync } from 'node:fs';
import { builtInProbeConfig, type ProbeConfig } from './modules.ts';

/**
 * The modules and static probes of a file, as it is on disk whenever it is asked; without a file, the built-in modules. `flag` names
 * the file in faults, `parse` reads it. Throws ConfigurationError for the faults that it has at the start, UsageError if it cannot be read.
 */
export function openProbeConfig(
  file: string,
  flag: string,
  parse: (yaml: string, fileName: string) => ProbeConfig,
  log: Logger,
): () => ProbeConfig {
  if (file === '') {
    const builtIn = builtInProbeConfig();
    return () => builtIn;
  }
  return reloading('probe configuration', () => ({ value: parse(readText(file, flag), file), files: [file] }), log);
}

/** The text of a file that a flag names. Throws UsageError. */
export function readText(file: string, flag: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`${flag}: got ${JSON.stringify(file)} (${errorText(cause)}), want a file that can be read`, { cause });
  }
}
