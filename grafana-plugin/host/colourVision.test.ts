import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { distance, pictureOf, seenBy, type Eye, type Picture, type Seen } from './colourVision.ts';
import { describeOnGrafana } from './onGrafana.ts';
import { baseScene } from './scenes.ts';

const eyes: readonly Eye[] = ['any', 'deuteranope', 'without colour'];
const chart = { x: 0, y: 60, width: 910, height: 250 };
const plain = { showHeadline: false, legend: { showLegend: false } };

// Colours and shapes are the panel's own, so one Grafana is enough.
describeOnGrafana(
  'what the chart marks',
  (stage) => {
    describe.each(['dark', 'light'] as const)('%s', (theme) => {
      const take = async (key: string, options: Record<string, unknown>): Promise<Picture> => {
        await stage().show(baseScene({ key: `${key} ${theme}`, theme, options: { ...plain, ...options } }));
        return await pictureOf(stage().page, chart);
      };

      test('anomalies stand out to every eye, and those above have another shape than those below', async () => {
        const pictures = [await take('all', {}), await take('no anomalies', { showAnomalies: false })] as const;
        for (const eye of eyes) {
          const marks = marksBetween(seenBy(eye, pictures[0]), seenBy(eye, pictures[1]), 20);
          // The scene's lower run lies in the first half of the picture, the upper one in the second.
          const [down, up] = [0, 1].map((half) => largest(marks.filter(([first]) => first!.x > chart.width * 0.42 === (half === 1))));
          expect(Math.min(down!.length, up!.length)).toBeGreaterThan(35);
          // A triangle that points up has its weight low.
          expect(weight(up!) - weight(down!)).toBeGreaterThan(0.05);
        }
      });

      test('limit and breach stand out to every eye', async () => {
        const pictures = [await take('all', {}), await take('no limits', { showLimits: false })] as const;
        for (const eye of eyes) {
          const marks = marksBetween(seenBy(eye, pictures[0]), seenBy(eye, pictures[1]), 15);
          expect(marks.flat().length).toBeGreaterThan(500);
        }
      });

      test('each band is told from the next and from the ground, by every eye', async () => {
        await take('bands', { showLimits: false });
        const column = await pictureOf(stage().page, await throughTheFan(stage().page));
        for (const eye of eyes) {
          const tones = plateaus(seenBy(eye, column));
          expect(tones).toHaveLength(4);
          for (const [index, tone] of tones.slice(1).entries()) expect(Math.abs(tone - tones[index]!)).toBeGreaterThan(2.3);
        }
      });
    });
  },
  ['13.2.2'],
);

type Mark = readonly { readonly x: number; readonly y: number }[];

/** The connected parts in which two pictures are at least `least` apart. */
function marksBetween(a: Seen, b: Seen, least: number): Mark[] {
  const { width, height } = a;
  const open = new Set<number>();
  for (let pixel = 0; pixel < width * height; pixel++) if (distance(a, b, pixel) >= least) open.add(pixel);
  const marks: Mark[] = [];
  for (const start of open) {
    const pixels: { x: number; y: number }[] = [];
    const front = [start];
    open.delete(start);
    for (let pixel = front.pop(); pixel !== undefined; pixel = front.pop()) {
      pixels.push({ x: pixel % width, y: Math.floor(pixel / width) });
      for (const next of [pixel - 1, pixel + 1, pixel - width, pixel + width]) if (open.delete(next)) front.push(next);
    }
    marks.push(pixels);
  }
  return marks;
}

const largest = (marks: readonly Mark[]): Mark => marks.reduce((a, b) => (b.length > a.length ? b : a), []);

/** Where the weight of a mark lies between its top (0) and its bottom (1). */
function weight(mark: Mark): number {
  const ys = mark.map(({ y }) => y);
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  return ys.reduce((sum, y) => sum + (y - top) / (bottom - top || 1), 0) / ys.length;
}

/** A column of pixels an hour before the fan's end. */
async function throughTheFan(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = (await page.locator('.u-over').boundingBox({ timeout: 5000 }))!;
  return { x: Math.round(box.x + box.width * (29 / 30)), y: Math.round(box.y), width: 1, height: Math.round(box.height) };
}

/** The lightness of each stretch of at least five alike pixels, from the top down to the median in the middle of the fan. */
function plateaus({ height, lab }: Seen): number[] {
  const lightness = Array.from({ length: height }, (_, y) => lab[3 * y]!);
  const found: number[] = [];
  let length = 1;
  for (let y = 1; y < height; y++) {
    length = Math.abs(lightness[y]! - lightness[y - 1]!) < 0.3 ? length + 1 : 1;
    if (length === 5 && Math.abs((found.at(-1) ?? Infinity) - lightness[y]!) > 0.3) found.push(lightness[y]!);
  }
  return found.slice(0, 4);
}
