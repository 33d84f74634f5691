import { renameSync, writeFileSync } from 'node:fs';

/** Writes the values of `series` series at a time (Unix seconds) for the exporter to serve, at once or not at all. */
export function writeTarget(folder: string, series: number, time: number): void {
  const lines = ['# TYPE soak_value gauge'];
  for (let i = 0; i < series; i++) lines.push(`soak_value{series="${i}"} ${valueOf(i, time).toFixed(4)}`);
  writeFileSync(`${folder}/soak.tmp`, `${lines.join('\n')}\n`);
  renameSync(`${folder}/soak.tmp`, `${folder}/soak.prom`);
}

/** A wave of ten minutes with noise and, now and then, a burst of half a minute in one series of fifty. */
function valueOf(series: number, time: number): number {
  const noise = ((series * 7919 + Math.floor(time) * 104_729) % 1009) / 1009;
  const burst = (Math.floor(time / 30) + series) % 50 === 0 && Math.floor(time / 1500) % 2 === 1 ? 40 : 0;
  return 50 + 10 * Math.sin((2 * Math.PI * time) / 600 + series) + noise + burst;
}
