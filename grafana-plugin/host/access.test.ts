import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { describeOnGrafana } from './onGrafana.ts';
import { baseScene, cpuFrames } from './scenes.ts';
import type { Scene } from './scene.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const fleet = [...cpuFrames('web-1', 1, 0.2), ...cpuFrames('web-2', 2, 0.45)];

const scenes: [string, Scene][] = [
  ['one series, dark', baseScene({ key: 'a1' })],
  ['one series, light', baseScene({ key: 'a2', theme: 'light' })],
  [
    'small multiples',
    baseScene({
      key: 'a3',
      frames: [...fleet, ...cpuFrames('db', 3), ...cpuFrames('db-2', 4), ...cpuFrames('db-3', 5), ...cpuFrames('db-4', 6)],
      width: 600,
      options: { layout: 'multiples' },
    }),
  ],
  ['a message', baseScene({ key: 'a4', frames: [] })],
];

interface Violation {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}

describeOnGrafana('accessibility', (stage) => {
  test.each(scenes)('axe finds no fault in the panel: %s', async (_name, scene) => {
    const { page, show } = stage();
    await show(scene);
    // Out of sight of the module loader, which would take it for a module.
    await page.addScriptTag({ content: `(function (define) {${axe}\n}).call(window)` });
    // The frame and the legend around the panel are Grafana's own.
    const violations: Violation[] = await page.evaluate(async () => {
      const context = {
        include: ['[data-testid="forecast-panel"], [data-testid="forecast-message"]'],
        exclude: ['[data-testid*="viz-layout-legend"]'],
      };
      return (await Reflect.get(window, 'axe').run(context, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }))
        .violations;
    });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  });

  test('the chart says in words what it shows', async () => {
    const { page, show } = stage();
    await show(baseScene({ key: 'summary', frames: fleet }));
    const summary = await page.getByRole('img').first().getAttribute('aria-label');
    expect(summary).toMatch(/^Forecast of web-1 [\d.]+%, web-2 [\d.]+%\. 4 anomalies\. web-\d: limit 90%: about \d\d:\d\d/);
  });

  test('nothing moves by itself where motion is to be reduced', async () => {
    const { page, show } = stage();
    await show(baseScene({ key: 'motion' }));
    const first = await page.screenshot();
    const running = await page.evaluate(() => document.getAnimations().length);
    expect(running).toBe(0);
    expect(Buffer.compare(first, await page.screenshot())).toBe(0);
  });
});
