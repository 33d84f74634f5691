import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../stats/random.ts';
import { pinballLoss } from '../../stats/pinball.ts';
import { SPREAD_LEVELS } from '../../stats/spread.ts';
import { createNetwork, WEIGHTS } from './network.ts';
import { EXTRAS, INPUTS, LEADS, STEPS, WINDOW } from './sizes.ts';

const HIDDEN = 32;
const GATES = 3 * HIDDEN;
const BIAS = (INPUTS + HIDDEN) * GATES;
const HEAD = BIAS + GATES;
const ROWS = HIDDEN + EXTRAS + 1;

/** The network once more in plain double precision, written from the equations. */
function plainAnswer(weights: ArrayLike<number>, window: ArrayLike<number>): number[] {
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  let hidden: number[] = Array.from({ length: HIDDEN }, () => 0);
  let cells: number[] = Array.from({ length: HIDDEN }, () => 0);
  for (let t = 0; t < STEPS; t++) {
    const seen = [...Array.from({ length: INPUTS }, (_, i) => window[INPUTS * t + i]), ...hidden];
    const sum = (gate: number) => seen.reduce((total, value, j) => total + value * weights[j * GATES + gate], weights[BIAS + gate]);
    cells = cells.map((cell, u) => {
      const forget = sigmoid(sum(u));
      return forget * cell + (1 - forget) * Math.tanh(sum(HIDDEN + u));
    });
    hidden = cells.map((cell, u) => sigmoid(sum(2 * HIDDEN + u)) * Math.tanh(cell));
  }
  return Array.from({ length: LEADS }, (_, lead) => lead).flatMap((lead) => {
    const extras = Array.from({ length: EXTRAS }, (_, e) => window[STEPS * INPUTS + EXTRAS * lead + e]);
    const row = [...hidden, ...extras, 1];
    return SPREAD_LEVELS.map((_, q) => row.reduce((total, value, j) => total + value * weights[HEAD + (lead * ROWS + j) * 8 + q], 0));
  });
}

/** Mean pinball loss of the known targets. */
function plainLoss(weights: ArrayLike<number>, window: ArrayLike<number>): number {
  const answer = plainAnswer(weights, window);
  const losses = answer.flatMap((quantile, i) => {
    const target = window[WINDOW - LEADS + Math.floor(i / 7)];
    return Number.isNaN(target) ? [] : [pinballLoss(target, quantile, SPREAD_LEVELS[i % 7])];
  });
  return losses.reduce((a, b) => a + b, 0) / losses.length;
}

function windowOf(seed: number): Float32Array {
  const random = seededRandom(seed);
  const window = Float32Array.from({ length: WINDOW }, () => 2 * random() - 1);
  // Far from the quantiles: the loss has a corner where it meets one.
  for (let lead = 0; lead < LEADS; lead++) window[WINDOW - LEADS + lead] = lead % 5 === 3 ? NaN : lead % 2 === 0 ? 9 : -9;
  return window;
}

describe('the kernel', () => {
  it('says what the equations say', () => {
    const network = createNetwork(7);
    for (const seed of [1, 2, 3]) {
      const answer = network.infer(windowOf(seed), 0);
      plainAnswer(network.weights, windowOf(seed)).forEach((quantile, i) => {
        expect(answer[8 * Math.floor(i / 7) + (i % 7)]).toBeCloseTo(quantile, 4);
      });
    }
  });

  it('gives the mean pinball loss of the known targets', () => {
    const network = createNetwork(7);
    expect(network.study(windowOf(4), 0)).toBeCloseTo(plainLoss(network.weights, windowOf(4)), 4);
  });

  it('gives the gradient that differences of the loss give', () => {
    const network = createNetwork(7);
    network.study(windowOf(5), 0);
    const random = seededRandom(6);
    const weights = Float64Array.from(network.weights);
    const largest = network.gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeGreaterThan(1e-3);
    // Some of each kind: gates by input and by hidden unit, their biases, the head.
    const kinds = [0, INPUTS * GATES, BIAS, HEAD, WEIGHTS];
    for (let kind = 0; kind + 1 < kinds.length; kind++) {
      for (let k = 0; k < 40; k++) {
        const i = kinds[kind] + Math.floor(random() * (kinds[kind + 1] - kinds[kind]));
        const moved = (by: number) => plainLoss(weights.with(i, weights[i] + by), windowOf(5));
        const difference = (moved(1e-4) - moved(-1e-4)) / 2e-4;
        expect(Math.abs(network.gradient[i] - difference), `weight ${i}`).toBeLessThan(1e-5 + 1e-3 * Math.abs(difference));
      }
    }
  });

  it('adds the gradients of a batch and starts anew after an update', () => {
    const network = createNetwork(7);
    network.study(windowOf(8), 0);
    const once = network.gradient.slice();
    network.study(windowOf(8), 0);
    network.gradient.forEach((value, i) => expect(value).toBeCloseTo(2 * once[i], 4));
    network.update(1e-3, 2);
    expect(network.gradient.every((value) => value === 0)).toBe(true);
  });

  it('steps as Adam does: at first by the rate, against the gradient', () => {
    const network = createNetwork(7);
    const before = network.weights.slice();
    network.study(windowOf(9), 0);
    const gradient = network.gradient.slice();
    expect(network.update(1e-3, 1)).toBeCloseTo(Math.hypot(...gradient), 4);
    const steep = [...gradient.keys()].filter((i) => Math.abs(gradient[i]) > 1e-5);
    expect(steep.length).toBeGreaterThan(1000);
    for (const i of steep) expect(network.weights[i] - before[i]).toBeCloseTo(-1e-3 * Math.sign(gradient[i]), 5);
  });

  it('learns a rule: the answer at every lead is the newest input', () => {
    const network = createNetwork(7);
    const random = seededRandom(10);
    const draw = () => {
      const window = windowOf(Math.floor(1e9 * random()));
      window.fill(window[INPUTS * (STEPS - 1)], WINDOW - LEADS);
      return window;
    };
    const losses: number[] = [];
    for (let step = 0; step < 300; step++) {
      let loss = 0;
      for (let w = 0; w < 32; w++) loss += network.study(draw(), 0) / 32;
      losses.push(loss);
      network.update(5e-3, 32);
    }
    expect(losses[299]).toBeLessThan(0.25 * losses[0]);
  });

  it('stays finite on absurd inputs', () => {
    const network = createNetwork(7);
    const window = windowOf(11).fill(1e30, 0, STEPS * INPUTS);
    expect(network.infer(window, 0).every(Number.isFinite)).toBe(true);
    window.fill(NaN, WINDOW - LEADS);
    expect(network.study(window, 0)).toBe(0);
  });

  it('is the same for the same seed and another for another', () => {
    expect(createNetwork(7).infer(windowOf(1), 0).slice()).toEqual(createNetwork(7).infer(windowOf(1), 0).slice());
    expect(createNetwork(7).weights).not.toEqual(createNetwork(8).weights);
  });
});
