import { normalQuantile } from '../../stats/normal.ts';
import { seededRandom } from '../../stats/random.ts';
import { SPREAD_LEVELS } from '../../stats/spread.ts';
import { wasm } from './kernel.wasm';
import { ANSWER, EXTRAS, INPUTS, LEADS, STEPS, WINDOW } from './sizes.ts';

const HIDDEN = 32;
const GATES = 3 * HIDDEN;
const COLUMNS = INPUTS + HIDDEN;
const ROWS = HIDDEN + EXTRAS + 1;
const BIAS = COLUMNS * GATES;
const HEAD = BIAS + GATES;
/** Floats of the weights, and of each of the two moments of Adam. */
export const WEIGHTS = HEAD + LEADS * ROWS * 8;

/** Longest mean gradient of a batch that is followed. */
const LONGEST_GRADIENT = 1;
/** A normal distribution's standard deviation in mean absolute deviations: √(π/2). */
const SPREAD = 1.2533;

/** An LSTM with its own memory, 48 steps → quantiles at 24 leads, 32 hidden units. All numbers 32 bits. */
export interface Network {
  /** How many steps of Adam it has made. */
  steps: number;
  readonly weights: Float32Array;
  readonly momentum: Float32Array;
  readonly variance: Float32Array;
  /** Gradient of the losses since the last update, laid out as the weights. */
  readonly gradient: Float32Array;
  /** What the network says of the window at `windows[at..at + WINDOW)`: `answer[8 lead + level]`, valid until the next call. */
  infer(windows: Float32Array, at: number): Float32Array;
  /** Adds the gradient of one window with its targets; returns its mean pinball loss. */
  study(windows: Float32Array, at: number): number;
  /** One step of Adam with the mean gradient of the `batch` windows studied since the last; returns its length. */
  update(rate: number, batch: number): number;
}

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly weights: WebAssembly.Global;
  readonly gradient: WebAssembly.Global;
  readonly momentum: WebAssembly.Global;
  readonly variance: WebAssembly.Global;
  readonly seen: WebAssembly.Global;
  readonly extras: WebAssembly.Global;
  readonly targets: WebAssembly.Global;
  readonly levels: WebAssembly.Global;
  readonly outputs: WebAssembly.Global;
  readonly forward: () => void;
  readonly backward: () => number;
  readonly update: (rate: number, batch: number, longest: number, steps: number) => number;
}

let module: WebAssembly.Module | undefined;

/** A network that knows nothing yet: it says that the series stays as usual, with a normal spread. `seed`: 32 bits. */
export function createNetwork(seed: number): Network {
  module ??= new WebAssembly.Module(wasm);
  const kernel = new WebAssembly.Instance<Kernel>(module).exports;
  const floats = (at: WebAssembly.Global, length: number) => new Float32Array(kernel.memory.buffer, at.value, length);
  const weights = floats(kernel.weights, WEIGHTS);
  const seen = floats(kernel.seen, STEPS * COLUMNS);
  const extras = floats(kernel.extras, LEADS * EXTRAS);
  const targets = floats(kernel.targets, LEADS);
  const outputs = floats(kernel.outputs, ANSWER);
  floats(kernel.levels, SPREAD_LEVELS.length).set(SPREAD_LEVELS);
  initialise(weights, seed);
  const take = (windows: Float32Array, at: number) => {
    for (let t = 0, from = at; t < STEPS; t++) for (let i = 0; i < INPUTS; i++) seen[COLUMNS * t + i] = windows[from++];
    const start = at + STEPS * INPUTS;
    for (let i = 0; i < LEADS * EXTRAS; i++) extras[i] = windows[start + i];
    kernel.forward();
  };
  return {
    steps: 0,
    weights,
    momentum: floats(kernel.momentum, WEIGHTS),
    variance: floats(kernel.variance, WEIGHTS),
    gradient: floats(kernel.gradient, WEIGHTS),
    infer(windows, at) {
      take(windows, at);
      return outputs;
    },
    study(windows, at) {
      take(windows, at);
      for (let lead = 0; lead < LEADS; lead++) targets[lead] = windows[at + WINDOW - LEADS + lead];
      return kernel.backward();
    },
    update(rate, batch) {
      return kernel.update(rate, batch, LONGEST_GRADIENT, this.steps++);
    },
  };
}

/** Small uniform weights, gates that remember (Jozefowicz et al. 2015), and a head that says no more than a normal spread. */
function initialise(weights: Float32Array, seed: number): void {
  const random = seededRandom(seed);
  const largest = 1 / Math.sqrt(HIDDEN);
  for (let i = 0; i < BIAS; i++) weights[i] = largest * (2 * random() - 1);
  weights.fill(1, BIAS, BIAS + HIDDEN);
  for (let lead = 0; lead < LEADS; lead++) {
    const head = HEAD + lead * ROWS * 8;
    for (let row = 0; row < HIDDEN; row++) for (let q = 0; q < 7; q++) weights[head + 8 * row + q] = 0.1 * largest * (2 * random() - 1);
    for (let q = 0; q < 7; q++) weights[head + 8 * (ROWS - 1) + q] = SPREAD * normalQuantile(SPREAD_LEVELS[q]);
  }
}
