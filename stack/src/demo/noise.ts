/** A number in [-1, 1) that belongs to a seed and an index: the same on every machine and at every start. */
export function hashed(seed: number, index: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index | 0, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 31 - 1;
}

/** Noise in [-1, 1] that runs straight between one random value per `scale` seconds. */
export function noise(seed: number, time: number, scale: number): number {
  const place = time / scale;
  const index = Math.floor(place);
  const share = place - index;
  return hashed(seed, index) * (1 - share) + hashed(seed, index + 1) * share;
}

/** A seed from a text (FNV-1a, 32 bit). */
export function seedOf(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
