import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium } from '../../stack/src/binaries/chromium.ts';
import { testMachine } from '../contract/machine.ts';
import { accessFaults, openBrowser, openPage, type OpenedPage } from './page-browser.ts';
import { type Rig, startRig, type TargetSeries } from './rig.ts';

const started = Date.now() / 1000;
const hour = 3600;
const day = 86_400;
const hostile = '/"><img src=x onerror=alert(1)>';
/** Fills by an eighth a day; 97 % is passed three hours after the start. */
const usedAt = (time: number) => 0.97 + ((time - started - 3 * hour) * 0.125) / day + 0.0002 * Math.sin(time / 1700);
const series: readonly TargetSeries[] = [
  { name: 'disk_used_ratio', labels: { mountpoint: hostile }, at: usedAt, history: { every: 150, span: 6 * day } },
  {
    name: 'disk_used_ratio',
    labels: { mountpoint: '/' },
    at: (time) => 0.4 + 0.05 * Math.sin((2 * Math.PI * time) / day) + 0.002 * Math.sin(time * 12.9898),
    history: { every: 150, span: 6 * day },
  },
];
const watches = `
watches:
  - { name: disk, expr: disk_used_ratio, step: 5m, history: 6d, horizon: 1d, forecaster: drift, bounds: [0, 1], limits: [{ name: full, above: 0.97 }] }
  - { name: young, expr: disk_used_ratio offset 5d, step: 1h }
`;

const chromium = await findChromium(testMachine(console.error));
if ('missing' in chromium) console.error(`SKIPPED: the page in a browser: ${chromium.missing}`);

describe.skipIf('missing' in chromium)('the page in Chromium', () => {
  let rig: Rig;
  let browser: Browser;
  beforeAll(async () => {
    rig = await startRig({ series, watches });
    browser = await openBrowser('path' in chromium ? chromium.path : '');
  });
  afterAll(async () => {
    await browser?.close();
    await rig?.stop();
  });

  const open = async (hash: string, scheme: 'light' | 'dark', width?: number): Promise<OpenedPage> => {
    const opened = await openPage(browser, scheme, width);
    opened.page.setDefaultTimeout(40_000);
    await opened.page.goto(`${rig.sidecarUrl}/${hash}`);
    return opened;
  };
  const firstChart = (page: Page) => page.locator('.uplot canvas').first().waitFor();

  test.each(['light', 'dark'] as const)('the fleet leads with what breaks next, in %s', async (scheme) => {
    const { page, complaints } = await open('#/', scheme);
    await page.getByRole('heading', { name: /^Next to break: disk of this-host/ }).waitFor();
    await firstChart(page);
    const row = page.getByRole('row', { name: /^this-host/ });
    expect(await row.innerText()).toMatch(/disk full[^]*in about [23] h/);
    // Quotes and markup of a label are text.
    expect(await row.innerText()).toContain(hostile);
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe(scheme);
    expect(await accessFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('a host is read by mouse and by keyboard, and series are switched off', async () => {
    const { page, complaints } = await open('#/', 'light');
    await page.getByRole('link', { name: 'this-host', exact: true }).click();
    const card = page.getByRole('article', { name: 'disk', exact: true });
    await card.locator('.uplot').waitFor();
    expect(await card.locator('.headline').innerText()).toContain('full > 97 %: about');
    const area = await card.locator('.u-over').boundingBox();
    await page.mouse.move(area!.x + area!.width * 0.6, area!.y + area!.height / 2);
    await card.locator('.tooltip').waitFor();
    expect(await card.locator('.tooltip').innerText()).toMatch(/in \d[^]*expected[^]*95 %/);
    await page.mouse.move(0, 0);
    await card.getByRole('application').focus();
    await page.keyboard.press('n');
    const spoken = card.locator('.chart [aria-live]');
    // The sample after now may still be now, and the chart may move on meanwhile.
    const spokenNext = async (): Promise<string> => {
      await page.keyboard.press('ArrowRight');
      return spoken.innerText();
    };
    await expect.poll(spokenNext).toMatch(/in \d+ (?:s|min)\. .*: expected \d/);
    const toggle = card.getByRole('button', { name: hostile });
    await toggle.click();
    expect(await toggle.getAttribute('aria-pressed')).toBe('false');
    await expect.poll(() => card.locator('.headline').count()).toBe(0);
    await card.getByText('Forecast as a table').click();
    await expect.poll(() => card.locator('details tbody tr').count()).toBeGreaterThan(10);
    expect(await accessFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('watches tell their state in words, on a small screen too', async () => {
    const { page, complaints } = await open('#/watches', 'dark', 360);
    const row = page.getByRole('row', { name: /^disk/ });
    await expect.poll(() => row.innerText()).toMatch(/\d ready/);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await accessFaults(page)).toEqual([]);
    await page.getByRole('link', { name: 'disk', exact: true }).click();
    await page.getByRole('button', { name: `Why? ${hostile}` }).click();
    await page.getByText('Share of values inside each band').waitFor();
    expect(await page.locator('.explanation').innerText()).toContain('full > 97 %');
    expect(await accessFaults(page)).toEqual([]);
    await page.goto(`${rig.sidecarUrl}/#/anomalies`);
    await page.locator('main article, main .message').first().waitFor();
    expect(await accessFaults(page)).toEqual([]);
    await page.goto(`${rig.sidecarUrl}/#/watches`);
    await page.getByRole('link', { name: 'young', exact: true }).click();
    await page
      .getByText(/^Still learning/)
      .first()
      .waitFor();
    expect(await accessFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('a dry run refuses with the words of Prometheus, forecasts what it understands, and keeps nothing', async () => {
    const { page, complaints } = await open('#/dry-run', 'light');
    await page.getByLabel('Expression').fill('sum(rate(up[5m])');
    await page.getByRole('button', { name: 'Run' }).click();
    await expect.poll(() => page.getByRole('alert').innerText()).toContain('1:17: parse error: unclosed left parenthesis');
    await page.getByLabel('Expression').fill('disk_used_ratio');
    await page.getByLabel('History').fill('5d');
    await page.getByRole('textbox', { name: /^Limit/ }).fill('0.97');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByRole('heading', { name: 'How it would have done' }).waitFor();
    await firstChart(page);
    expect(await page.getByRole('region', { name: 'Backtest' }).locator('tbody tr').count()).toBeGreaterThan(4);
    expect(await page.locator('.yaml').innerText()).toContain('- name: limit\n        above: 0.97');
    await page.getByRole('button', { name: 'Copy' }).click();
    expect(await page.evaluate('navigator.clipboard.readText()')).toContain('expr: disk_used_ratio');
    expect(await accessFaults(page)).toEqual([]);
    // The browser itself notes the refused run.
    expect(complaints.filter((line) => !line.includes('422'))).toEqual([]);
    const { data } = JSON.parse(await (await fetch(`${rig.sidecarUrl}/api/v1/watches`)).text());
    expect(data.map(({ name }: { name: string }) => name)).toEqual(['disk', 'young']);
  });

  test('the reader chooses the colours, and the choice lasts', async () => {
    const { page } = await open('#/', 'light');
    await page.getByLabel('Colours').selectOption('dark');
    await page.reload();
    await expect.poll(() => page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
  });

  test('it says plainly that Prometheus is down, and shows what was known', async () => {
    const { page } = await open('#/', 'light');
    await firstChart(page);
    await rig.stopPrometheus();
    await expect
      .poll(() => page.getByRole('alert').innerText(), { timeout: 60_000 })
      .toMatch(/Prometheus does not answer|watches cannot be updated/);
    await firstChart(page);
    expect(await accessFaults(page)).toEqual([]);
  });
});
