import { errorText, type Logger } from '@presage/service/log.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { autoHostDefaults, autoHostDetector } from '../detectors/auto-host.ts';
import { readStateFile, StateFileError } from '../storage/state-file.ts';
import { Hosts } from '../watch/hosts.ts';
import type { Watch } from '../watch/watch.ts';

/**
 * Scores of whole hosts from the watches with the detector auto and the step that most of these have. Nothing where there is none.
 */
export function createHosts({ hosts }: Pick<Configuration, 'hosts'>, watches: readonly Watch[]): Hosts | undefined {
  const speaking = watches.filter(({ settings }) => settings.detector === 'auto');
  const counts = new Map<number, number>();
  for (const { shape } of speaking) counts.set(shape.step, (counts.get(shape.step) ?? 0) + 1);
  const [commonest] = [...counts].sort(([a, countA], [b, countB]) => countB - countA || a - b);
  if (commonest === undefined) return undefined;
  const detector = autoHostDetector(hosts?.detection ?? autoHostDefaults);
  return new Hosts({ label: hosts?.label ?? 'instance', detector, step: commonest[0] }, speaking);
}

/** Takes up what `file` holds of the hosts, if that is whole and fits. Says what it did. */
export function restoreHosts(hosts: Hosts, file: string, log: Logger): void {
  try {
    const content = readStateFile(file);
    if (content === undefined) return;
    const fits = hosts.restore(content.header, content.columns);
    log.info(fits ? 'state of the hosts taken up' : 'state of the hosts was made by another configuration and is left behind', {
      path: file,
      hosts: hosts.states.size,
    });
  } catch (error) {
    hosts.states.clear();
    if (!(error instanceof StateFileError) && !(error instanceof RangeError)) throw error;
    log.warn('state of the hosts cannot be read and is left behind', { path: file, err: errorText(error) });
  }
}
