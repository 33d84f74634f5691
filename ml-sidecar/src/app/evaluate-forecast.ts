import { command, UsageError, type Command } from '@presage/service/command-line.ts';
import { stringFlag } from '@presage/service/flags.ts';
import { evaluateForecast, learnt } from '../evaluate/forecast.ts';
import { forecasters } from '../forecasters/index.ts';
import { folderAt, type EvaluateFiles } from './evaluate-anomaly.ts';

/** `presage evaluate forecast`: the sidecar's own forecasters over a data folder, as JSON lines for its scoring program. */
export function evaluateForecastCommand(files: EvaluateFiles, progress: (line: string) => void): Command {
  const names = forecasters.map(({ name }) => name).join(', ');
  return command({
    help: 'Forecast the series of a data folder from each of its origins, seeing nothing later, and write JSON lines.',
    flags: {
      data: stringFlag({ help: 'Data folder with an index.json.', required: true }),
      model: stringFlag({ help: `Forecaster: one of ${names}.`, default: 'auto' }),
      out: stringFlag({ help: 'File to write; without it the lines go to standard output.', default: '' }),
    },
    run: async (flags) => {
      const forecaster = forecasters.find(({ name }) => name === flags.model);
      if (!forecaster) throw new UsageError(`--model: got ${flags.model}, want one of ${names}`);
      const folder = folderAt(flags.data, files);
      const model = learnt(folder, forecaster);
      const out = files.open(flags.out === '' ? undefined : flags.out);
      let done = 0;
      try {
        const report = (id: string): void => void (++done % 20 === 0 && progress(`${done} series, last ${id}`));
        for (const row of evaluateForecast(folder, model, report)) out.write(`${JSON.stringify(row)}\n`);
      } finally {
        out.close();
      }
      progress(`${done} series forecast by ${forecaster.name}`);
      return 0;
    },
  });
}
