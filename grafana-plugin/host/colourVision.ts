import type { Page } from 'playwright-core';

/** A picture's pixels, row by row: red, green, blue and alpha in 0…255. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** A picture as an eye sees it: lightness and two colour values a pixel (CIE L*a*b*, D65). */
export interface Seen {
  readonly width: number;
  readonly height: number;
  readonly lab: Float64Array;
}

/** How an eye sees: as most do, without the cones for green, or no colour at all. */
export type Eye = 'any' | 'deuteranope' | 'without colour';

/**
 * What becomes of linear red, green and blue: three rows. For deuteranopia the matrix of G. Machado, M. Oliveira and L. Fernandes,
 * "A physiologically-based model for simulation of color vision deficiency" (2009), severity 1.0; without colour the luminance.
 */
const matrices: Readonly<Record<Eye, readonly number[]>> = {
  any: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  deuteranope: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  'without colour': [0.2126, 0.7152, 0.0722, 0.2126, 0.7152, 0.0722, 0.2126, 0.7152, 0.0722],
};

/** A part of a page as it is on the screen. */
export async function pictureOf(page: Page, clip: { x: number; y: number; width: number; height: number }): Promise<Picture> {
  const png = (await page.screenshot({ clip })).toString('base64');
  const { width, height, pixels } = await page.evaluate(async (base64) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    let binary = '';
    for (let start = 0; start < data.length; start += 8192) binary += String.fromCodePoint(...data.subarray(start, start + 8192));
    return { width: image.width, height: image.height, pixels: btoa(binary) };
  }, png);
  return { width, height, rgba: Uint8Array.from(Buffer.from(pixels, 'base64')) };
}

/** The picture as an eye sees it. */
export function seenBy(eye: Eye, { width, height, rgba }: Picture): Seen {
  const lab = new Float64Array(width * height * 3);
  const m = matrices[eye];
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [red, green, blue] = [linear[rgba[4 * pixel]!]!, linear[rgba[4 * pixel + 1]!]!, linear[rgba[4 * pixel + 2]!]!];
    const r = clamped(m[0]! * red + m[1]! * green + m[2]! * blue);
    const g = clamped(m[3]! * red + m[4]! * green + m[5]! * blue);
    const b = clamped(m[6]! * red + m[7]! * green + m[8]! * blue);
    const x = root((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
    const y = root(0.2126 * r + 0.7152 * g + 0.0722 * b);
    const z = root((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
    lab[3 * pixel] = 116 * y - 16;
    lab[3 * pixel + 1] = 500 * (x - y);
    lab[3 * pixel + 2] = 200 * (y - z);
  }
  return { width, height, lab };
}

/** How far apart two pictures are at a pixel, by the formula of 1976: people see about 2.3. */
export function distance(a: Seen, b: Seen, pixel: number): number {
  const at = 3 * pixel;
  return Math.hypot(a.lab[at]! - b.lab[at]!, a.lab[at + 1]! - b.lab[at + 1]!, a.lab[at + 2]! - b.lab[at + 2]!);
}

/** Light of each value of a channel, by the sRGB standard. */
const linear = Float64Array.from({ length: 256 }, (_, value) =>
  value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
);

const clamped = (value: number): number => Math.min(1, Math.max(0, value));

const root = (value: number): number => (value > 216 / 24389 ? Math.cbrt(value) : (841 / 108) * value + 4 / 29);
