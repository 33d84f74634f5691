import { expect, test } from 'vitest';
import { describeOnGrafana } from './onGrafana.ts';
import { differenceFromBaseline, toleratedDifference } from './picture.ts';
import { baseScene, cpuFrames, now } from './scenes.ts';
import type { Scene } from './scene.ts';

const fleet = [...cpuFrames('web-1', 1, 0.2), ...cpuFrames('web-2', 2, 0.45), ...cpuFrames('db-1', 3, 0.3)];
const table = { legend: { showLegend: true, displayMode: 'table', placement: 'bottom', calcs: ['lastNotNull', 'max'] } };
const annotations: Scene['annotations'] = [
  {
    refId: 'Anno',
    fields: [
      { name: 'time', type: 'time', values: [now - 12 * 3_600_000, now - 5 * 3_600_000] },
      { name: 'timeEnd', type: 'number', values: [now - 12 * 3_600_000, now - 4 * 3_600_000] },
      { name: 'text', type: 'string', values: ['deployed 1.4', 'load test'] },
    ],
  },
];

const pictures: [string, Scene][] = [
  ['one-dark', baseScene({ key: 'one-dark', annotations })],
  ['one-light', baseScene({ key: 'one-light', theme: 'light', options: table })],
  ['fleet-dark', baseScene({ key: 'fleet-dark', frames: fleet })],
  ['multiples-light', baseScene({ key: 'multiples-light', theme: 'light', frames: fleet, options: { layout: 'multiples' } })],
];

describeOnGrafana('the panel', (stage, version) => {
  test.each(pictures)('looks as it did: %s', async (name, scene) => {
    const { page, show } = stage();
    await show(scene);
    const picture = await page.screenshot({ clip: { x: 0, y: 0, width: 920, height: 380 } });
    expect(await differenceFromBaseline(page, picture, `${name}-${version}`)).toBeLessThan(toleratedDifference(page));
  });

  test('says in words when the limit is passed', async () => {
    const { page, show } = stage();
    await show(baseScene({ key: 'words' }));
    expect(await page.getByTestId('forecast-headline').textContent()).toMatch(/limit 90%: about 1\d:\d\d \(95 %: not before 1\d:\d\d\)/);
  });

  test('keeps its plot through a refresh and draws the new samples', async () => {
    const { page, show } = stage();
    await show(baseScene({ key: 'refresh' }));
    await page.evaluate(() => document.querySelector('.uplot canvas')?.setAttribute('data-kept', 'yes'));
    const before = await page.screenshot();
    await show(baseScene({ key: 'refresh', frames: cpuFrames('web-1', 9, 0.3) }));
    expect(await page.locator('.uplot canvas[data-kept]').count()).toBe(1);
    expect(Buffer.compare(before, await page.screenshot())).not.toBe(0);
  });

  test('fills its space after a resize', async () => {
    const { page, show } = stage();
    await show(baseScene({ key: 'resize' }));
    await show(baseScene({ key: 'resize', width: 500, height: 240 }));
    const box = await page.locator('.uplot').boundingBox();
    expect(box?.width).toBeGreaterThan(460);
    expect(box?.width).toBeLessThan(500);
    await show(baseScene({ key: 'resize', width: 180, height: 100 }));
    expect(await page.locator('.uplot').count()).toBe(1);
  });
});
