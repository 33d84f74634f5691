import { describe, expect, it } from 'vitest';
import { similarEpisodes, type Episode } from './episodes.ts';

const episode = (start: number, minutes: number, peaks: Record<string, number>): Episode => ({
  start,
  end: start + 60 * minutes,
  peaks: new Map(Object.entries(peaks)),
});
const present = episode(100_000, 30, { cpu: 4, latency: 2 });

describe('similar episodes', () => {
  it('finds those with the same series to the same sides, best first', () => {
    const same = episode(10_000, 30, { cpu: 4, latency: 2 });
    const alike = episode(20_000, 20, { cpu: 5, latency: 1.5, disk: 1.1 });
    const opposite = episode(30_000, 30, { cpu: -4, latency: -2 });
    const other = episode(40_000, 30, { disk: 9 });
    const found = similarEpisodes(present, [opposite, alike, other, same], 5);
    expect(found.map((one) => one.episode)).toEqual([same, alike]);
    expect(found[0].likeness).toBeCloseTo(1, 12);
    expect(found[1].likeness).toBeLessThan(0.95);
  });

  it('counts a much longer one as less alike', () => {
    const [short, long] = [30, 3000].map((minutes) => similarEpisodes(present, [episode(-200_000, minutes, { cpu: 4, latency: 2 })], 1));
    expect(short[0].likeness - long[0].likeness).toBeCloseTo(0.2 * (1 - 1860 / 180_060), 9);
  });

  it('looks at what is over alone, and gives no more than asked', () => {
    const running = episode(99_000, 30, { cpu: 4, latency: 2 });
    const earlier = [1, 2, 3].map((i) => episode(1000 * i, 10, { cpu: 4, latency: 2 }));
    expect(similarEpisodes(present, [running, ...earlier], 2).map((one) => one.episode.start)).toEqual([3000, 2000]);
    expect(similarEpisodes(episode(100_000, 1, {}), earlier, 2)).toEqual([]);
  });
});
