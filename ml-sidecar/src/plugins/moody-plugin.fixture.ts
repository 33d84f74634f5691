/** A module that forecasts the mean; it throws, hangs, eats all memory, ends its worker or answers rubbish on series whose first value asks for it. */
export const moodyPlugin = `
export const forecaster = {
  name: 'moody',
  minSamples: 10,
  fit(series) {
    const known = series.values.filter(Number.isFinite);
    const mean = known.reduce((a, b) => a + b, 0) / known.length;
    const mood = Math.round(known[0] / 1000);
    if (mood === 1) throw new Error('no luck today');
    if (mood === 2) for (;;);
    if (mood === 5) for (const held = [];;) held.push(Array.from({ length: 1000 }, Math.random));
    if (mood === 7) process.exit(7);
    return {
      async forecast(steps, levels) {
        if (mood === 4) return { rows: [new Float64Array(steps)] };
        const value = mood === 3 ? NaN : mood === 6 ? 1e12 : mean;
        return { rows: levels.map((level) => new Float64Array(steps).fill(value + level - 0.5)) };
      },
    };
  },
};`;
