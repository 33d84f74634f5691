import { command, UsageError, type Command } from '@presage/service/command-line.ts';
import { stringFlag } from '@presage/service/flags.ts';
import { errorText } from '@presage/service/log.ts';
import { detectorNamed, detectors, hostDetectorNamed } from '../detectors/index.ts';
import { evaluateAnomaly } from '../evaluate/anomaly.ts';
import { openDataFolder, type DataFolder } from '../evaluate/data-folder.ts';

/** How the command reads and writes. */
export interface EvaluateFiles {
  read(path: string): Uint8Array;
  /** Where the lines go: a file, or standard output without a path. */
  open(path: string | undefined): { write(text: string): void; close(): void };
}

/** `presage evaluate anomaly`: the sidecar's own detectors over a data folder, as JSON lines for its scoring program. */
export function evaluateAnomalyCommand(files: EvaluateFiles): Command {
  return command({
    help: 'Score the series and hosts of a data folder for anomalies, looking only backwards, and write JSON lines.',
    flags: {
      data: stringFlag({ help: 'Data folder with an index.json.', required: true }),
      model: stringFlag({ help: `Detector: one of ${detectors.map(({ name }) => name).join(', ')}.`, default: 'auto' }),
      out: stringFlag({ help: 'File to write; without it the lines go to standard output.', default: '' }),
    },
    run: async (flags) => {
      const detector = detectorNamed(flags.model);
      if (!detector) throw new UsageError(`--model: got ${flags.model}, want one of ${detectors.map(({ name }) => name).join(', ')}`);
      const hostDetector = hostDetectorNamed(flags.model);
      const folder = folderAt(flags.data, files);
      const out = files.open(flags.out === '' ? undefined : flags.out);
      try {
        for (const scores of evaluateAnomaly(folder, { detector, ...(hostDetector ? { hostDetector } : {}) })) {
          out.write(`${JSON.stringify(scores)}\n`);
        }
      } finally {
        out.close();
      }
      return 0;
    },
  });
}

/** Opens the data folder a command names. Throws a UsageError for a folder that is none. */
export function folderAt(path: string, files: EvaluateFiles): DataFolder {
  try {
    return openDataFolder((inside) => files.read(`${path}/${inside}`));
  } catch (error) {
    throw new UsageError(`--data: got ${JSON.stringify(path)} (${errorText(error)}), want a data folder with an index.json`, {
      cause: error,
    });
  }
}
