import { describe, expect, it } from 'vitest';
import { seededRandom } from '../stats/random.ts';
import { forecastResidual } from './forecast-residual.ts';

const grid = { start: 1_700_006_400, step: 300 };

describe('forecast-residual', () => {
  it('judges by the band that is handed in, side by side', () => {
    const scorer = forecastResidual.start(grid);
    const next = seededRandom(2);
    const bandOf = (t: number) => ({ median: 100 + t, low: 80 + t, high: 105 + t });
    for (let t = 0; t < 2000; t++) {
      const uniform = next() - 0.5;
      scorer.learn(100 + t + (uniform < 0 ? 40 : 10) * uniform, bandOf(t));
    }
    const band = bandOf(2000);
    expect(scorer.score(band.median, band)).toBe(0);
    expect(scorer.score(band.median + 60, band)).toBeGreaterThan(1);
    expect(scorer.score(band.median - 60, band)).toBeLessThan(1);
    expect(scorer.score(band.median - 400, band)).toBeGreaterThan(1);
  });
});
