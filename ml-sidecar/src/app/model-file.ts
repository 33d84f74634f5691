import { renameSync } from 'node:fs';
import { errorText, type Logger } from '@presage/service/log.ts';
import { z } from 'zod';
import { readStateFile, StateFileError, writeStateFile } from '../storage/state-file.ts';
import type { Watch } from '../watch/watch.ts';

const headerSchema = z.object({ model: z.string(), steps: z.int().min(0) });

/** Saves what the model of all series of a watch knows, where it has one. Throws what the file system throws. */
export function saveModel(watch: Watch, file: string): void {
  const { shared } = watch.shape;
  if (!shared) return;
  const { columns, ...header } = shared.snapshot();
  writeStateFile(file, { header, columns });
}

/**
 * Lets the model of a watch go on from what was saved. A file of the wrong hash or of another model is refused: it is put aside
 * as `.refused`, logged, told as the watch's `modelFault`, and the model learns anew.
 */
export function restoreModel(watch: Watch, file: string, log: Logger): void {
  const { settings } = watch;
  const { shared } = watch.shape;
  if (!shared) return;
  try {
    const content = readStateFile(file);
    if (content === undefined) return;
    const header = headerSchema.safeParse(content.header);
    const columns = content.columns.filter((column) => column instanceof Float32Array);
    if (!header.success || !shared.restore({ ...header.data, columns })) throw new StateFileError(`${file}: got what another model learnt`);
    log.info('model taken up', { watch: settings.name, model: shared.status });
  } catch (error) {
    if (!(error instanceof StateFileError)) throw error;
    watch.modelFault = `saved weights refused, learning anew: ${errorText(error)}`;
    renameSync(file, `${file}.refused`);
    log.warn('saved model is refused and put aside', { watch: settings.name, path: `${file}.refused`, err: errorText(error) });
  }
}
