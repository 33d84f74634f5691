import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { moodyPlugin } from '../../ml-sidecar/src/plugins/moody-plugin.fixture.ts';
import { until } from '../end-to-end/started-program.ts';
import type { FakeSeries } from './fake-prometheus.ts';
import type { PolledOptions, PolledRig } from './polled-rig.ts';

/** One of each mood, with a well-behaved one before and after: three lost workers in a row would rest the model. */
const moodySeries: readonly FakeSeries[] = [1, 2000, 2, 5000, 3, 7000, 4].map((level, i) => ({
  labels: { __name__: 'w', series: String(i) },
  at: (time) => level + Math.sin(time / 10),
}));

/** What the log says of each that goes wrong. On a slow machine its time is over before its memory. */
export const moodyLines: readonly RegExp[] = [
  /level=warn.*fit failed.*watch=w.*moody: took more than 3 s to forecast a series/,
  /level=warn.*fit failed.*watch=w.*series.*3.*moody: (ran out of memory, want it within 64 MiB|took more)/,
  /level=warn.*fit failed.*watch=w.*moody: ended itself with code 7/,
];

/** A watch `w` forecast by it, every so often; the plug-in is put into `folder`. */
export function moodyRig(folder: string, refit: string): PolledOptions {
  const file = join(folder, 'moody.mjs');
  writeFileSync(file, moodyPlugin);
  return {
    sections: `models: [{ name: moody, plugin: module, file: ${file}, timeout: 3s, memory: 64 }]`,
    watches: `  - { name: w, expr: w, live: false, step: 1s, history: 5m, horizon: 1m, refit: ${refit}, delay: 1s, forecaster: moody }`,
    series: { w: () => moodySeries },
  };
}

export interface MoodyFigures {
  /** How many of `moodyLines` were logged. */
  readonly lines: number;
  readonly failures: number;
  readonly successes: number;
}

/** Waits until every series was fitted, or was not, so many times. */
export async function moodyFits(rig: PolledRig, times: number): Promise<MoodyFigures> {
  const fits = (result: string) => rig.metric(`presage_fits_total{watch="w",result="${result}"}`);
  const isDone = async () => (await fits('success')) >= 4 * times && (await fits('failure')) >= moodyLines.length * times;
  await until(isDone, 60 + 60 * times, 'every series to be fitted, or not');
  const lines = () => moodyLines.filter((line) => line.test(rig.sidecar.said())).length;
  await until(() => lines() === moodyLines.length, 60, 'a word on each');
  return { lines: lines(), failures: await fits('failure'), successes: await fits('success') };
}
