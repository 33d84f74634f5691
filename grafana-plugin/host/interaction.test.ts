import { expect, test } from 'vitest';
import { describeOnGrafana } from './onGrafana.ts';
import { baseScene, cpuFrames, now } from './scenes.ts';
import type { Stage } from './stage.ts';

const hour = 3_600_000;
const fleet = [...cpuFrames('web-1', 1, 0.2), ...cpuFrames('web-2', 2, 0.45)];

/** Puts the mouse over the plot at a time, at a share of its height. */
async function hover({ page }: Stage, time: number, height = 0.5): Promise<{ x: number; y: number }> {
  const box = await page.locator('.u-over').boundingBox();
  if (box === null) throw new Error('no plot to hover over');
  const x = box.x + (box.width * (time - (now - 24 * hour))) / (30 * hour);
  const y = box.y + box.height * height;
  await page.mouse.move(x - 3, y);
  await page.mouse.move(x, y);
  return { x, y };
}

const report = ({ page }: Stage): Promise<{ zooms: { from: number; to: number }[]; fieldConfig: unknown }> =>
  page.evaluate(() => JSON.parse(JSON.stringify(Reflect.get(window, 'host').report)));

describeOnGrafana('a reader', (stage) => {
  test('sees value, expectation, bands and score under the mouse', async () => {
    await stage().show(baseScene({ key: 'tooltip' }));
    await hover(stage(), now - 8.5 * hour);
    const tooltip = stage().page.getByTestId('forecast-tooltip');
    await tooltip.waitFor();
    const text = await tooltip.innerText();
    expect(text).toMatch(/2026-11-22 03:30:00/);
    expect(text).toMatch(/8 h 30 min ago/);
    for (const part of [
      /web-1\s+\d+/,
      /expected\s+\d+/,
      /95 %\s+[\d.]+% – [\d.]+%/,
      /80 %/,
      /50 %/,
      /▲ above what is normal\s+score \d\.\d/,
    ])
      expect(text).toMatch(part);
  });

  test('sees the forecast of a time that has not come', async () => {
    await stage().show(baseScene({ key: 'ahead' }));
    await hover(stage(), now + 3 * hour);
    const text = await stage().page.getByTestId('forecast-tooltip').innerText();
    expect(text).toMatch(/in 3 h/);
    expect(text).toMatch(/expected/);
    expect(text).not.toMatch(/score/);
  });

  test('picks a series in the legend and gets all back', async () => {
    const { page, show } = stage();
    await show(baseScene({ key: 'legend', frames: fleet }));
    const names = (): Promise<string> => hover(stage(), now - 2 * hour).then(() => page.getByTestId('forecast-tooltip').innerText());
    expect(await names()).toMatch(/web-1[\s\S]*web-2/);
    await page.mouse.move(0, 0);
    await page.locator('button', { hasText: /^web-2$/ }).click();
    expect(await names()).not.toMatch(/web-1/);
    await page.mouse.move(0, 0);
    await page.locator('button', { hasText: /^web-2$/ }).click();
    expect(await names()).toMatch(/web-1[\s\S]*web-2/);
  });

  test('zooms by dragging over the plot', async () => {
    await stage().show(baseScene({ key: 'zoom' }));
    const { page } = stage();
    await hover(stage(), now - 10 * hour);
    await page.mouse.down();
    await hover(stage(), now - 2 * hour);
    await page.mouse.up();
    const zoom = (await report(stage())).zooms.at(-1);
    expect(zoom?.from).toBeGreaterThan(now - 10.2 * hour);
    expect(zoom?.from).toBeLessThan(now - 9.8 * hour);
    expect(zoom?.to).toBeGreaterThan(now - 2.2 * hour);
  });

  test('pans by dragging the time axis', async () => {
    await stage().show(baseScene({ key: 'pan' }));
    const { page } = stage();
    const axis = await page.locator('.u-axis').first().boundingBox();
    if (axis === null) throw new Error('no time axis');
    const [x, y] = [axis.x + axis.width / 2, axis.y + axis.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x - 60, y);
    await page.mouse.move(x - 100, y);
    await page.mouse.up();
    const zoom = (await report(stage())).zooms.at(-1);
    expect(zoom?.from).toBeGreaterThan(now - 22 * hour);
    expect((zoom?.to ?? 0) - (zoom?.from ?? 0)).toBeCloseTo(30 * hour, -1);
  });

  test('reads values and zooms by keyboard alone', async () => {
    const { page, show } = stage();
    await page.mouse.move(0, 0);
    await show(baseScene({ key: 'keyboard' }));
    await page.locator('.uplot').focus();
    await page.keyboard.press('n');
    await page.keyboard.press('ArrowRight');
    const tooltip = page.getByTestId('forecast-tooltip');
    await tooltip.waitFor();
    expect(await tooltip.innerText()).toMatch(/in 5 min/);
    await expect
      .poll(() => page.getByTestId('forecast-spoken').textContent())
      .toMatch(/12:05:00, in 5 min\. web-1: expected [\d.]+%, 95 % [\d.]+% to [\d.]+%/);
    await page.keyboard.press(' ');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press(' ');
    expect((await report(stage())).zooms.at(-1)).toEqual({ from: now + 5 * 60_000, to: now + 55 * 60_000 });
    await page.keyboard.press('n');
    await tooltip.waitFor();
    await page.keyboard.press('Escape');
    await tooltip.waitFor({ state: 'detached' });
  });

  test('reads sample after sample by keyboard where several lie within one pixel', async () => {
    const { page, show } = stage();
    await page.mouse.move(0, 0);
    await show(baseScene({ key: 'dense', width: 300 }));
    await page.locator('.uplot').focus();
    await page.keyboard.press('n');
    for (let press = 0; press < 12; press++) await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.getByTestId('forecast-spoken').textContent()).toMatch(/13:00:00, in 1 h\./);
  });

  test('sees the cursor of another panel', async () => {
    await stage().show(baseScene({ key: 'shared' }));
    const { page } = stage();
    await page.mouse.move(0, 0);
    await page.evaluate((time) => Reflect.get(window, 'host').hoverElsewhere(time), now - 12 * hour);
    const [line, plot] = await Promise.all([page.locator('.u-cursor-x').boundingBox(), page.locator('.u-over').boundingBox()]);
    expect((line?.x ?? 0) - (plot?.x ?? 0)).toBeCloseTo((plot?.width ?? 0) * 0.4, -1);
  });

  test('pins the tooltip and finds the links of the field in it', async () => {
    const scene = baseScene({ key: 'links' });
    const links = [{ title: 'Open the host', url: '/d/host' }];
    await stage().show({ ...scene, fieldConfig: { ...scene.fieldConfig, defaults: { ...scene.fieldConfig.defaults, links } } });
    const { page } = stage();
    const box = await page.locator('.u-over').boundingBox();
    if (box === null) throw new Error('no plot to click on');
    // Near the history, for links are those of the nearest series.
    for (let share = 0.3; share < 0.9 && (await page.getByRole('link', { name: 'Open the host' }).count()) === 0; share += 0.1) {
      await page.keyboard.press('Escape');
      const { x, y } = await hover(stage(), now - 2 * hour, share);
      await page.mouse.click(x, y);
      await page.waitForTimeout(50);
    }
    expect(await page.getByRole('link', { name: 'Open the host' }).getAttribute('href')).toBe('/d/host');
    await page.keyboard.press('Escape');
  });

  test('without a tooltip still zooms', async () => {
    await stage().show(baseScene({ key: 'no-tooltip', options: { tooltip: { mode: 'none', sort: 'none' } } }));
    const { page } = stage();
    const before = (await report(stage())).zooms.length;
    await hover(stage(), now - 10 * hour);
    await page.mouse.down();
    await hover(stage(), now - 2 * hour);
    await page.mouse.up();
    expect((await report(stage())).zooms.length).toBe(before + 1);
  });
});
