import { errorText, type Logger } from '@presage/service/log.ts';
import { UsageError } from '@presage/service/command-line.ts';
import { reloading } from '@presage/service/reloading.ts';
import { readFileSync } from 'node:fs';
import { DEFAULT_MODULES, parseProbeConfig, type ProbeConfig } from './modules.ts';

/**
 * The modules and static probes of a file, as it is on disk whenever it is asked; without a file, the built-in modules.
 * Throws ConfigurationError for the faults that it has at the start, and UsageError if it cannot be read.
 */
export function openProbeConfig(file: string, log: Logger): () => ProbeConfig {
  if (file === '') {
    const builtIn = parseProbeConfig(DEFAULT_MODULES, 'built-in modules');
    return () => builtIn;
  }
  return reloading('probe configuration', () => ({ value: parseProbeConfig(read(file), file), files: [file] }), log);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`--probe.config.file: got ${JSON.stringify(file)} (${errorText(cause)}), want a file that can be read`, { cause });
  }
}
