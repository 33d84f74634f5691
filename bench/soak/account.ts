import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { createPrometheusClient } from '../../ml-sidecar/src/prometheus/client.ts';
import { parseSelector } from '../../ml-sidecar/src/prometheus/selector.ts';
import { readStateFile } from '../../ml-sidecar/src/storage/state-file.ts';
import { pageOf, valueIn } from './observe.ts';
import type { SoakStack } from './stack.ts';

const headerSchema = z.object({
  // The first section has none.
  series: z.array(z.object({ labels: z.record(z.string(), z.string()), live: z.object({ time: z.number() }) })).default([]),
});

/** Up to when each series was scored by the state that a sidecar left, by its label `series`; Unix seconds. */
export function savedTimes(storage: string): ReadonlyMap<string, number> {
  const sections = readStateFile(`${storage}/watches/soak.state`) ?? [];
  const series = Array.from(sections, ({ header }) => headerSchema.parse(header).series).flat();
  return new Map(series.map(({ labels, live }) => [labels['series'], live.time]));
}

/** Ends the scrapes, waits until all is scored, and gives how many samples Prometheus has after `known` and how many were scored. */
export async function accountOf(
  stack: SoakStack,
  known: ReadonlyMap<string, number>,
): Promise<{ readonly stored: number; readonly scored: number }> {
  await stack.process('exporter').stop('SIGKILL');
  const pause = (seconds: number): Promise<void> => sleep(seconds * 1000);
  // A scrape that had begun is stored a while later, and what came after the question would count as scored twice.
  await pause(20);
  const client = createPrometheusClient({ url: stack.url('prometheus'), timeoutSeconds: 60, sleep: pause, random: Math.random });
  const now = Date.now() / 1000;
  const read = await client.readSamples(parseSelector('soak_value')!, now - 4 * 3600, now + 60);
  let stored = 0;
  for (const { labels, times } of read) {
    const since = known.get(labels['series']) ?? -Infinity;
    for (const time of times) if (time > since) stored++;
  }
  const scoredNow = async (): Promise<number> => valueIn(await pageOf(stack), 'presage_scored_samples_total{watch="soak"}');
  // The count is renewed at every step of the watch, a minute.
  let scored = await scoredNow();
  for (let waited = 0; scored < stored && waited < 130; waited += 5) {
    await pause(5);
    scored = await scoredNow();
  }
  return { stored, scored };
}
