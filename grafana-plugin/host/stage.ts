import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { Scene } from './scene.ts';

/** The plugin's folder, whether this runs from its source or from host/dist. */
const plugin = fileURLToPath(import.meta.url).replace(/(.*\/grafana-plugin\/).*/, '$1');

/** The Grafana versions that the panel is run on. */
export const versions = ['13.2.2', '12.4.10', '11.6.0'] as const;
export type Version = (typeof versions)[number];

/** A page on one Grafana version, with what its console said that was no debug output. */
export interface Stage {
  readonly page: Page;
  readonly complaints: string[];
  readonly show: (scene: Scene) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Serves the host page on loopback and drives it in Chromium. */
export interface Theatre {
  readonly open: (version: Version) => Promise<Stage>;
  readonly close: () => Promise<void>;
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
  '--force-color-profile=srgb',
];

/** Starts both; `executable` is the path of Chromium. */
export async function openTheatre(executable: string): Promise<Theatre> {
  const browser = await chromium.launch({ executablePath: executable, args: flags });
  const servers: Server[] = [];
  return {
    open: async (version) => {
      const server = await serve(version);
      servers.push(server);
      return openStage(browser, server);
    },
    close: async () => {
      await browser.close();
      for (const server of servers) server.close();
    },
  };
}

async function openStage(browser: Browser, server: Server): Promise<Stage> {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the host page has no port');
  const context = await browser.newContext({
    viewport: { width: 1200, height: 800 },
    reducedMotion: 'reduce',
    timezoneId: 'UTC',
    locale: 'en-US',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
  await page.goto(`http://127.0.0.1:${address.port}/`);
  return {
    page,
    complaints,
    show: async (scene) => {
      await page.evaluate((shown) => Reflect.get(window, 'host').show(shown), scene);
    },
    close: () => context.close(),
  };
}

function serve(version: Version): Promise<Server> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
    const file = fileFor(path, version);
    if (file === null) {
      response.writeHead(path === '/favicon.ico' ? 204 : 404).end();
      return;
    }
    readFile(file.path).then(
      (body) => response.writeHead(200, { 'content-type': file.type }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function fileFor(path: string, version: Version): { path: string; type: string } | null {
  const icon = /^\/public\/(?:build\/)?img\/icons\/([a-z]+\/[a-z0-9-]+\.svg)$/.exec(path);
  if (icon) return { path: `${plugin}node_modules/@grafana/ui/dist/public/img/icons/${icon[1]}`, type: 'image/svg+xml' };
  const font = /^\/public\/fonts\/(inter|roboto)\//.exec(path);
  if (font) {
    const name = font[1] === 'roboto' ? 'roboto-mono' : 'inter';
    return { path: `${plugin}node_modules/@fontsource-variable/${name}/files/${name}-latin-wght-normal.woff2`, type: 'font/woff2' };
  }
  if (path === '/') return { path: `${plugin}host/page.html`, type: 'text/html' };
  if (path === '/host.js') return { path: `${plugin}host/dist/${version}.js`, type: 'text/javascript' };
  if (path === '/host.css') return { path: `${plugin}host/dist/${version}.css`, type: 'text/css' };
  if (path === '/plugin/module.js') return { path: `${plugin}dist/module.js`, type: 'text/javascript' };
  return null;
}
