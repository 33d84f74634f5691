import type { FakeSeries } from './fake-prometheus.ts';

/** A forecaster of a user that hangs, eats all memory or ends its worker on series whose first value asks for it. */
export const moodyPlugin = `
export const forecaster = {
  name: 'moody',
  minSamples: 10,
  fit(series) {
    const known = series.values.filter(Number.isFinite);
    const mean = known.reduce((a, b) => a + b, 0) / known.length;
    const mood = Math.round(known[0] / 1000);
    if (mood === 2) for (;;);
    if (mood === 5) for (const held = [];;) held.push(Array.from({ length: 1000 }, Math.random));
    if (mood === 7) process.exit(7);
    return { forecast: (steps, levels) => ({ rows: levels.map((level) => new Float64Array(steps).fill(mean + level - 0.5)) }) };
  },
};`;

/** One of each mood, with a well-behaved one before and after: three lost workers in a row would rest the model. */
export const moodySeries: readonly FakeSeries[] = [1, 2000, 2, 5000, 3, 7000, 4].map((level, i) => ({
  labels: { __name__: 'w', series: String(i) },
  at: (time) => level + Math.sin(time / 10),
}));
