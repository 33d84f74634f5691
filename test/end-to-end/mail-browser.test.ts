import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium } from '../../stack/src/binaries/chromium.ts';
import { repositoryFile, testMachine } from '../contract/machine.ts';
import { accessFaults, openBrowser, openPage } from './page-browser.ts';

// The mails that notification-texts.test.ts holds Alertmanager to, as a reader sees them.
const mails = [
  ['one-page', 'light', 720],
  ['hostile', 'light', 360],
  ['many-of-one-host', 'dark', 720],
  ['resolved', 'dark', 360],
] as const;

const chromium = await findChromium(testMachine());
if ('missing' in chromium) console.error(`SKIPPED: mails in a browser: ${chromium.missing}`);

describe.skipIf('missing' in chromium)('in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await openBrowser('path' in chromium ? chromium.path : '')));
  afterAll(() => browser.close());

  test.each(mails)(
    '%s on a %s screen of %i pixels loads nothing, runs nothing, fits, and can be read by all',
    async (name, scheme, width) => {
      const { page, complaints } = await openPage(browser, scheme, width);
      const asked: string[] = [];
      page.on('request', (request) => void asked.push(request.url()));
      page.on('dialog', (dialog) => void asked.push(dialog.message()));
      await page.setContent(readFileSync(repositoryFile(`test/end-to-end/testdata/notifications/${name}.mail.html`), 'utf8'));
      const wide = await page.evaluate('document.documentElement.scrollWidth');
      const links = await page.evaluate('[...document.links].map(({ protocol }) => protocol)');
      expect({ asked, complaints, faults: await accessFaults(page) }).toEqual({ asked: [], complaints: [], faults: [] });
      expect(wide).toBeLessThanOrEqual(width);
      expect(new Set(Array.isArray(links) ? links : [])).toSatisfy((found: Set<string>) =>
        [...found].every((each) => /^https?:$/.test(each)),
      );
      await page.context().close();
    },
  );
});
