import { expect, test } from 'vitest';
import { describeOnGrafana } from './onGrafana.ts';
import type { Scene } from './scene.ts';
import { baseScene, cpuFrames } from './scenes.ts';

/** Values around 5 % whose bands reach below zero. */
const on = (key: string, scaleDistribution: Record<string, unknown>): Scene => {
  const scene = baseScene({ key, frames: cpuFrames('web-1', 1, 0.05), options: { showHeadline: false } });
  return { ...scene, fieldConfig: { ...scene.fieldConfig, defaults: { unit: 'short', custom: { scaleDistribution } } } };
};

describeOnGrafana('an axis', (stage) => {
  test.each([
    ['log 10', { type: 'log', log: 10 }],
    ['log 2', { type: 'log', log: 2 }],
    ['symlog', { type: 'symlog', log: 10, linearThreshold: 0.1 }],
  ])('%s draws history, median and bands, also where a band reaches below zero', async (name, distribution) => {
    const { page, show } = stage();
    await show(on(name, distribution));
    const [past, future] = await page.evaluate(inkedRows, [0.4, 0.95] as const);
    expect(past).toBeGreaterThan(6);
    expect(future).toBeGreaterThan(12);
  });
});

/** How many rows of the canvas show the green of the series, in columns at these shares of its width. */
function inkedRows(shares: readonly [number, number]): [number, number] {
  const canvas = document.querySelector('canvas')!;
  const { data, width, height } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
  const isGreen = (index: number): boolean => data[index + 1]! > data[index]! + 8 && data[index + 1]! > data[index + 2]! + 8;
  const count = (share: number): number => {
    const x = Math.round(width * share);
    return Array.from({ length: height }, (_, y) => 4 * (y * width + x)).filter(isGreen).length;
  };
  return [count(shares[0]), count(shares[1])];
}
