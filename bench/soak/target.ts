import { createWriteStream, renameSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { execute } from '../../stack/src/execute.ts';
import type { Program } from '../../stack/src/binaries/program.ts';

/** Series that share a group, so that there is something to add up. */
const GROUPS = 200;

/** Writes the values of `series` series at a time (Unix seconds) for the exporter to serve, at once or not at all. */
export function writeTarget(folder: string, series: number, time: number): void {
  const lines = ['# TYPE soak_value gauge'];
  for (let i = 0; i < series; i++) lines.push(`soak_value{${labelsOf(i)}} ${valueOf(i, time).toFixed(4)}`);
  writeFileSync(`${folder}/soak.tmp`, `${lines.join('\n')}\n`);
  renameSync(`${folder}/soak.tmp`, `${folder}/soak.prom`);
}

/** Makes blocks of Prometheus in `${folder}/tsdb` of what the target would have served for `span` seconds before `until`, Unix seconds. */
export async function writeHistory(
  folder: string,
  series: number,
  { span, every, until }: { readonly span: number; readonly every: number; readonly until: number },
  promtool: Program,
): Promise<void> {
  const path = `${folder}/history.om`;
  const file = createWriteStream(path);
  file.write('# TYPE soak_value gauge\n');
  for (let i = 0; i < series; i++) {
    const head = `soak_value{${labelsOf(i)},job="node",instance="this-host"}`;
    let text = '';
    for (let time = until - span; time <= until; time += every) text += `${head} ${valueOf(i, time).toFixed(4)} ${time}\n`;
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end('# EOF\n');
  await once(file, 'finish');
  const words = ['tsdb', 'create-blocks-from', 'openmetrics', '--max-block-duration=744h', '--quiet', path, `${folder}/tsdb`];
  await execute(promtool.path, [...promtool.args, ...words]);
}

function labelsOf(series: number): string {
  return `series="${series}",group="${series % GROUPS}"`;
}

/** A wave of ten minutes with noise; at each time one series of fifty has a burst of half a minute. */
function valueOf(series: number, time: number): number {
  const noise = ((series * 7919 + Math.floor(time) * 104_729) % 1009) / 1009;
  const burst = (Math.floor(time / 30) + series) % 50 === 0 ? 40 : 0;
  return 50 + 10 * Math.sin((2 * Math.PI * time) / 600 + series) + noise + burst;
}
