// Records what augurs' Prophet (with its own Stan) finds for some small series: node prophet.mjs > prophet.json
// Bands come from 10,000 simulated paths, which leaves about 2 % of doubt in a width.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { optimizer } from '@bsull/augurs-prophet-wasmstan';
import { initSync, Prophet } from '@bsull/augurs/prophet';

const HOUR = 3600;
const DAY = 24 * HOUR;
const MONDAY = 1_699_833_600;
const AHEAD = 2;

const wasm = createRequire(import.meta.url).resolve('@bsull/augurs/prophet').replace(/\.js$/, '_bg.wasm');
initSync({ module: readFileSync(wasm) });

/** Uniform numbers of a linear congruential generator (Lehmer, modulus 2³¹ − 1, multiplier 48,271). */
function uniform(seed) {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function series(step, count, seed, at) {
  const random = uniform(seed);
  const noise = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: count }, (_, i) => Number(at(i * step, i, noise()).toFixed(3)));
}

const wave = (time, period, shift = 0) => Math.sin((2 * Math.PI * time) / period + shift);
const holidayDays = [3, 10, 17, 27, 28];
const cases = [
  {
    name: 'five-minute load with a slope that turns',
    step: 300,
    values: series(300, 1152, 11, (t, i, e) => 20 + 5 * wave(t, DAY) + wave(t, DAY / 2, 1) + 0.01 * Math.max(0, i - 500) + 0.8 * e),
  },
  {
    name: 'four weeks by the hour with a weekly season',
    step: HOUR,
    values: series(HOUR, 672, 12, (t, i, e) => 100 + 12 * wave(t, DAY, 2) + 9 * wave(t, 7 * DAY) + 0.05 * i + 3 * e),
    weekly: true,
  },
  {
    name: 'gaps',
    step: HOUR,
    values: series(HOUR, 504, 13, (t, i, e) => -3 + wave(t, DAY, 2) - 0.02 * Math.max(0, 250 - i) + 0.2 * e).map((value, i) =>
      (i > 120 && i < 160) || i % 11 === 5 ? null : value,
    ),
    weekly: true,
  },
  {
    name: 'holidays',
    step: HOUR,
    values: series(HOUR, 672, 14, (t, i, e) => 40 + 8 * wave(t, DAY, 2) - (holidayDays.includes(Math.floor(i / 24)) ? 9 : 0) + 1.5 * e),
    weekly: true,
    holidayDays,
  },
  { name: 'five days of noise', step: HOUR, values: series(HOUR, 120, 15, (_t, _i, e) => 7 + e) },
];

/** What Prophet's Stan program minimises, constants left out. */
function objectiveOf({ T, K, S, t, t_change, X, y, sigmas, tau }, { k, m, delta, beta, sigmaObs }) {
  let sum = T * Math.log(sigmaObs) + 2 * sigmaObs ** 2 + k ** 2 / 50 + m ** 2 / 50;
  for (let i = 0; i < T; i++) {
    let expected = m + k * t[i];
    for (let j = 0; j < S; j++) expected += delta[j] * Math.max(0, t[i] - t_change[j]);
    for (let j = 0; j < K; j++) expected += beta[j] * (Array.isArray(X[i]) ? X[i][j] : X[i * K + j]);
    sum += (y[i] - expected) ** 2 / (2 * sigmaObs ** 2);
  }
  for (const size of delta) sum += Math.abs(size) / tau;
  beta.forEach((b, j) => (sum += b ** 2 / (2 * sigmas[j] ** 2)));
  return sum;
}

function recorded({ name, step, values, weekly = false, holidayDays: days }) {
  const count = values.length;
  const place = values.map((_, i) => i).filter((i) => values[i] !== null);
  const reach = Math.floor(0.8 * count) - 1;
  let parameters;
  let objective;
  const model = new Prophet({
    optimizer: {
      optimize: (init, data, options) => {
        const found = optimizer.optimize(init, data, { ...options, tolRelObj: 1, tolObj: 1e-14, iter: 20_000 });
        parameters = found.params;
        objective = objectiveOf(JSON.parse(data), parameters);
        return found;
      },
    },
    scaling: 'minMax',
    // Those that it would choose itself were no value missing.
    changepoints: Array.from({ length: 25 }, (_, j) => MONDAY + Math.round((reach * (j + 1)) / 25) * step),
    yearlySeasonality: { type: 'manual', enabled: false },
    weeklySeasonality: { type: 'manual', enabled: weekly },
    dailySeasonality: { type: 'manual', enabled: true },
    intervalWidth: 0.8,
    uncertaintySamples: 10_000,
    ...(days
      ? {
          holidays: new Map([
            ['holiday', { priorScale: 10, occurrences: days.map((d) => ({ start: MONDAY + d * DAY, end: MONDAY + (d + 1) * DAY })) }],
          ]),
        }
      : {}),
  });
  model.fit({ ds: place.map((i) => MONDAY + i * step), y: place.map((i) => values[i]) });
  const leads = Array.from({ length: 48 }, (_, k) => Math.round(((k + 1) * AHEAD * DAY) / step / 48));
  const { yhat } = model.predict({ ds: leads.map((h) => MONDAY + (count - 1 + h) * step) });
  model.free();
  const rounded = (numbers, digits) => numbers.map((number) => Number(number.toPrecision(digits)));
  return {
    name,
    start: MONDAY,
    step,
    values,
    ...(days ? { holidayDays: days } : {}),
    sigma: parameters.sigmaObs,
    change: parameters.delta.reduce((sum, size) => sum + Math.abs(size), 0) / 25,
    objective,
    leads,
    centre: rounded([...yhat.point], 7),
    lower: rounded([...yhat.intervals.lower], 5),
    upper: rounded([...yhat.intervals.upper], 5),
  };
}

console.log(JSON.stringify(cases.map(recorded)));
