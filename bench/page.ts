import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '@presage/service/log.ts';
import { createWebServer } from '@presage/service/web.ts';
import { chromium, type Browser } from 'playwright-core';
import { createHandler } from '../ml-sidecar/src/serve/handler.ts';
import { readPage } from '../ml-sidecar/src/serve/page-files.ts';
import { newest, servedOf, waveWatch } from '../ml-sidecar/src/serve/served.fixture.ts';
import { findChromium } from '../stack/src/binaries/chromium.ts';
import { describeMachine } from '../stack/src/machine.ts';
import { atMost, type Bench, type BenchRow, quantileOf, shown } from './bench.ts';

const VISITS = 9;
const HOSTS = 20;
/** Milliseconds that a reader may wait. */
const PATIENCE = 2000;

/** The page of the sidecar in headless Chromium: from the address to the first drawn chart, each visit with an empty cache. */
export const page: Bench = {
  name: 'page',
  async run(say) {
    const machine = describeMachine({ ...process, userId: process.getuid?.(), temporaryFolder: tmpdir(), say });
    const found = await findChromium(machine);
    if ('missing' in found) throw new Error(found.missing);
    const files = readPage(new URL('../../ml-sidecar/dist/page/', import.meta.url));
    if (files === undefined) throw new Error(`${fileURLToPath(new URL('../../ml-sidecar/dist/page/', import.meta.url))}: not built`);
    say(`a fleet of ${HOSTS} hosts, ${VISITS} visits a row`);
    const hosts = Array.from({ length: HOSTS }, (_, host) => ({ instance: `web-${host}:9100` }));
    const watches = [await waveWatch('cpu', hosts), await waveWatch('memory', hosts)];
    const served = servedOf(watches, { up: true, fault: undefined, lastSuccess: newest }, { page: files });
    const server = createWebServer({ listenAddresses: ['127.0.0.1:0'], handler: createHandler(served), log: silentLogger, closeGrace: 0 });
    const [url] = await server.start();
    const browser = await chromium.launch({ executablePath: found.path, args: ['--no-sandbox', '--disable-gpu'] });
    try {
      return [...(await visits(browser, url)), sizeRow(files)];
    } finally {
      await browser.close();
      await server.close();
    }
  },
};

async function visits(browser: Browser, url: string): Promise<BenchRow[]> {
  const host = `${url}#/host/web-0%3A9100`;
  const [fleet, one, slow] = [await median(browser, url, 1), await median(browser, host, 1), await median(browser, url, 4)];
  return [
    atMost('fleet: first chart, median', fleet, PATIENCE, ' ms', 0),
    atMost('host: first chart, median', one, PATIENCE, ' ms', 0),
    shown('fleet, processor slowed to a quarter', `${slow.toFixed(0)} ms`),
  ];
}

/** Milliseconds from the start of navigation until the first chart is on the screen. */
async function median(browser: Browser, url: string, slowness: number): Promise<number> {
  const took: number[] = [];
  for (let visit = 0; visit < VISITS; visit++) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const tab = await context.newPage();
    const session = await context.newCDPSession(tab);
    await session.send('Emulation.setCPUThrottlingRate', { rate: slowness });
    await tab.addInitScript(`new MutationObserver((_, observer) => {
      if (!document.querySelector('.uplot canvas')) return;
      observer.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => console.debug('first chart ' + performance.now())));
    }).observe(document, { childList: true, subtree: true })`);
    const drawn = tab.waitForEvent('console', { predicate: (message) => message.text().startsWith('first chart'), timeout: 30_000 });
    await tab.goto(url);
    took.push(Number((await drawn).text().slice('first chart '.length)));
    await context.close();
  }
  return quantileOf(took, 0.5);
}

function sizeRow(files: NonNullable<ReturnType<typeof readPage>>): BenchRow {
  const bytes = [...files.values()].reduce((sum, { bodies }) => sum + (bodies.gzip?.length ?? 0), 0);
  return shown('script, style and page, gzip', `${(bytes / 1024).toFixed(0)} kB`);
}
