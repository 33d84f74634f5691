import { expect, test } from 'vitest';
import { createSelfMetrics } from './self-metrics.ts';

const valueOf = (page: string, sample: string): number => {
  const line = page.split('\n').find((one) => one.startsWith(`${sample} `));
  return line === undefined ? NaN : Number(line.slice(sample.length + 1));
};

test('refused bodies are counted by status, from 0 on for those that mean no room', async () => {
  const metrics = createSelfMetrics('1', '1');
  expect(valueOf(await metrics.text(), 'presage_refused_writes_total{code="503"}')).toBe(0);
  metrics.refused(503);
  metrics.refused(415);
  const page = await metrics.text();
  expect(valueOf(page, 'presage_refused_writes_total{code="503"}')).toBe(1);
  expect(valueOf(page, 'presage_refused_writes_total{code="415"}')).toBe(1);
});

test('the clock is that of the scrape, not of the start', async () => {
  const metrics = createSelfMetrics('1', '1');
  const before = Date.now() / 1000;
  const shown = valueOf(await metrics.text(), 'presage_time_seconds');
  expect(shown).toBeGreaterThanOrEqual(before - 0.001);
  expect(shown).toBeLessThanOrEqual(Date.now() / 1000 + 0.001);
  const later = valueOf(await metrics.text(), 'presage_time_seconds');
  expect(later).toBeGreaterThanOrEqual(shown);
});
