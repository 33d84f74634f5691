import type { Logger } from '@presage/service/log.ts';
import { z } from 'zod';
import { takeNewest } from '../storage/generations.ts';
import { StateFileError } from '../storage/section.ts';
import { onlySection, writeStateFile } from '../storage/state-file.ts';
import type { Watch } from '../watch/watch.ts';
import type { SelfMetrics } from './self-metrics.ts';

const headerSchema = z.object({ model: z.string(), steps: z.int().min(0) });

/** Saves what the model of all series of a watch knows, where it has one. Rejects with what the file system says. */
export async function saveModel(watch: Watch, file: string): Promise<void> {
  const { shared } = watch.shape;
  if (!shared) return;
  const { columns, ...header } = shared.snapshot();
  await writeStateFile(file, [{ header, columns }]);
}

/**
 * Lets the model of a watch go on from the newest that was saved. A file of the wrong hash or of another model is refused: it is put
 * aside as `.refused`, logged, and the one before it taken; where there is none, that is told as the watch's `modelFault`, and the
 * model learns anew.
 */
export async function restoreModel(watch: Watch, file: string, log: Logger, metrics: Pick<SelfMetrics, 'restored'>): Promise<void> {
  const { settings } = watch;
  const { shared } = watch.shape;
  if (!shared) return;
  let fault: string | undefined;
  const taken = await takeNewest(
    file,
    (sections) => {
      const content = onlySection(sections);
      const header = headerSchema.safeParse(content.header);
      const columns = content.columns.filter((column) => column instanceof Float32Array);
      if (!header.success || !shared.restore({ ...header.data, columns }))
        throw new StateFileError(`${file}: got what another model learnt`);
    },
    ({ aside, err }) => {
      fault = err;
      log.warn('saved model is refused and put aside', { watch: settings.name, path: aside, err });
    },
  );
  metrics.restored('model', settings.name, taken);
  if (taken === 'none') watch.modelFault = `saved weights refused, learning anew: ${fault}`;
  if (taken === 'newest' || taken === 'previous') log.info('model taken up', { watch: settings.name, model: shared.status, from: taken });
}
