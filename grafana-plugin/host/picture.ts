import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const folder = fileURLToPath(new URL('baselines/', import.meta.url));
/** Major version of the Chromium that drew the baselines. */
const drawnBy = path.join(folder, 'chromium.txt');

/**
 * Compares a picture with its baseline of the same name and gives the share of pixels that differ in any channel by more than 24
 * of 255. Writes the baseline when asked by `UPDATE_BASELINES=1`; a picture that differs is kept in host/dist beside it.
 */
export async function differenceFromBaseline(page: Page, picture: Buffer, name: string): Promise<number> {
  const file = path.join(folder, `${name}.png`);
  if (process.env['UPDATE_BASELINES'] === '1') {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, picture);
    writeFileSync(drawnBy, `${majorVersion(page)}\n`);
  }
  if (!existsSync(file)) throw new Error(`no baseline ${file}: make it by UPDATE_BASELINES=1 npx vitest run --project panel rendering`);
  const share = await differentPixels(page, picture, readFileSync(file));
  if (share > 0) writeFileSync(path.join(folder, '../dist', `${name}.differs.png`), picture);
  return share;
}

/**
 * The share of pixels that may differ from a baseline. Another generation of Chromium draws letters and edges otherwise: 2 % is what
 * lay between two generations of Grafana, and a missing part of the picture is more. It is said once when this looser bar applies.
 */
export function toleratedDifference(page: Page): number {
  const [drawn, running] = [readFileSync(drawnBy, 'utf8').trim(), majorVersion(page)];
  if (drawn === running) return 0.0001;
  if (!told) console.log(`pictures: the baselines are of Chromium ${drawn}, this is ${running}: up to 2 % of the pixels may differ`);
  told = true;
  return 0.02;
}

let told = false;

function majorVersion(page: Page): string {
  return page.context().browser()?.version().split('.')[0] ?? 'unknown';
}

/** The share of pixels that differ; 1 where the sizes do. */
async function differentPixels(page: Page, a: Buffer, b: Buffer): Promise<number> {
  return page.evaluate(
    async ([first, second]) => {
      const pixels = async (base64: string): Promise<ImageData> => {
        const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
        const context = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
        context.drawImage(image, 0, 0);
        return context.getImageData(0, 0, image.width, image.height);
      };
      const [one, other] = await Promise.all([pixels(first), pixels(second)]);
      if (one.width !== other.width || one.height !== other.height) return 1;
      let different = 0;
      for (let index = 0; index < one.data.length; index += 4)
        if ([0, 1, 2].some((channel) => Math.abs(one.data[index + channel]! - other.data[index + channel]!) > 24)) different++;
      return different / (one.width * one.height);
    },
    [a.toString('base64'), b.toString('base64')] as const,
  );
}
