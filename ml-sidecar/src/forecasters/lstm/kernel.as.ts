// AssemblyScript, not TypeScript: stack/wasm.mjs compiles it to the module `kernel.wasm` beside it.
// An LSTM layer (Hochreiter & Schmidhuber 1997) whose input gate is what its forget gate leaves: of the variants that Greff et al.
// (2017) compared, the one that saves a quarter of the work and loses nothing. Then a linear head of quantiles for each lead, the
// pinball loss, its gradient by backpropagation through time, and Adam. Four numbers at a time, all memory static, no allocation,
// no imports: equal input gives equal bits on any machine.

import { adam } from './adam.as';
import { sigmoid, sumOf, sumsOf, tanh4 } from './four.as';

/** Steps of the window, inputs a step, hidden units, leads, quantiles a lead (the eighth is padding), and inputs a lead. */
const STEPS: usize = 48;
const INPUTS: usize = 4;
const HIDDEN: usize = 32;
const LEADS: usize = 24;
const LANES: usize = 8;
const QUANTILES: usize = 7;
const EXTRAS: usize = 5;

const GATES: usize = 3 * HIDDEN;
const COLUMNS: usize = INPUTS + HIDDEN;
/** Rows of the head for one lead: hidden units, inputs of the lead, a one. */
const ROWS: usize = HIDDEN + EXTRAS + 1;
const BIAS: usize = COLUMNS * GATES;
const HEAD: usize = BIAS + GATES;
const WEIGHTS: usize = HEAD + LEADS * ROWS * LANES;

/** Weights, their gradient and the two moments of Adam: gates by column (inputs, then hidden), biases of the gates, head by lead. */
export const weights: usize = memory.data(4 * WEIGHTS, 16);
export const gradient: usize = memory.data(4 * WEIGHTS, 16);
export const momentum: usize = memory.data(4 * WEIGHTS, 16);
export const variance: usize = memory.data(4 * WEIGHTS, 16);

/** What each step sees: its inputs and the hidden units of the step before; one more for what comes out last. */
export const seen: usize = memory.data(4 * COLUMNS * (STEPS + 1), 16);
const cells = memory.data(4 * HIDDEN * (STEPS + 1), 16);
/** Gates after their activation, in the order forget, candidate, output; on the way back the gradient by their sums. */
const gates = memory.data(4 * GATES * STEPS, 16);
const squashed = memory.data(4 * HIDDEN * STEPS, 16);

export const extras: usize = memory.data(4 * LEADS * EXTRAS, 16);
export const targets: usize = memory.data(4 * LEADS, 16);
export const levels: usize = memory.data(4 * LANES, 16);
export const outputs: usize = memory.data(4 * LEADS * LANES, 16);
const outputGradient = memory.data(4 * LEADS * LANES, 16);
const hiddenGradient = memory.data(4 * HIDDEN, 16);
const cellGradient = memory.data(4 * HIDDEN, 16);
const lanes = memory.data(16 * HIDDEN, 16);

/** Quantiles for the window in memory: reads inputs and extras, writes outputs. */
export function forward(): void {
  memory.fill(seen + 4 * INPUTS, 0, 4 * HIDDEN);
  memory.fill(cells, 0, 4 * HIDDEN);
  for (let t: usize = 0; t < STEPS; t++) {
    const input = seen + 4 * COLUMNS * t;
    const into = gates + 4 * GATES * t;
    sumGates(input, into, 0);
    sumGates(input, into, 4 * HIDDEN);
    sumGates(input, into, 8 * HIDDEN);
    activate(t);
  }
  for (let lead: usize = 0; lead < LEADS; lead++) {
    const head = weights + 4 * HEAD + 4 * ROWS * LANES * lead;
    const hidden = seen + 4 * COLUMNS * STEPS + 4 * INPUTS;
    let a = v128.load(head + 4 * LANES * (ROWS - 1));
    let b = v128.load(head + 4 * LANES * (ROWS - 1), 16);
    for (let j: usize = 0; j < ROWS - 1; j++) {
      const value = v128.load32_splat(j < HIDDEN ? hidden + 4 * j : extras + 4 * (EXTRAS * lead + j - HIDDEN));
      a = f32x4.add(a, f32x4.mul(value, v128.load(head + 4 * LANES * j)));
      b = f32x4.add(b, f32x4.mul(value, v128.load(head + 4 * LANES * j, 16)));
    }
    v128.store(outputs + 4 * LANES * lead, a);
    v128.store(outputs + 4 * LANES * lead, b, 16);
  }
}

/** Thirty-two gates of one step before their activation. */
function sumGates(input: usize, into: usize, block: usize): void {
  const bias = weights + 4 * BIAS + block;
  let a = v128.load(bias);
  let b = v128.load(bias, 16);
  let c = v128.load(bias, 32);
  let d = v128.load(bias, 48);
  let e = v128.load(bias, 64);
  let f = v128.load(bias, 80);
  let g = v128.load(bias, 96);
  let h = v128.load(bias, 112);
  let column = weights + block;
  for (let j: usize = 0; j < COLUMNS; j++, column += 4 * GATES) {
    const value = v128.load32_splat(input + 4 * j);
    a = f32x4.add(a, f32x4.mul(value, v128.load(column)));
    b = f32x4.add(b, f32x4.mul(value, v128.load(column, 16)));
    c = f32x4.add(c, f32x4.mul(value, v128.load(column, 32)));
    d = f32x4.add(d, f32x4.mul(value, v128.load(column, 48)));
    e = f32x4.add(e, f32x4.mul(value, v128.load(column, 64)));
    f = f32x4.add(f, f32x4.mul(value, v128.load(column, 80)));
    g = f32x4.add(g, f32x4.mul(value, v128.load(column, 96)));
    h = f32x4.add(h, f32x4.mul(value, v128.load(column, 112)));
  }
  const out = into + block;
  v128.store(out, a);
  v128.store(out, b, 16);
  v128.store(out, c, 32);
  v128.store(out, d, 48);
  v128.store(out, e, 64);
  v128.store(out, f, 80);
  v128.store(out, g, 96);
  v128.store(out, h, 112);
}

/** Gates, cells and hidden units of step `t`, from the sums of its gates. Loops of independent work hide how long a division takes. */
function activate(t: usize): void {
  const gate = gates + 4 * GATES * t;
  const cell = cells + 4 * HIDDEN * t;
  const hidden = seen + 4 * COLUMNS * (t + 1) + 4 * INPUTS;
  const squash = squashed + 4 * HIDDEN * t;
  for (let u: usize = 0; u < 4 * HIDDEN; u += 16) {
    v128.store(gate + u, sigmoid(v128.load(gate + u)));
    v128.store(gate + u, tanh4(v128.load(gate + u, 4 * HIDDEN)), 4 * HIDDEN);
    v128.store(gate + u, sigmoid(v128.load(gate + u, 8 * HIDDEN)), 8 * HIDDEN);
  }
  for (let u: usize = 0; u < 4 * HIDDEN; u += 16) {
    const candidate = v128.load(gate + u, 4 * HIDDEN);
    const next = f32x4.add(candidate, f32x4.mul(v128.load(gate + u), f32x4.sub(v128.load(cell + u), candidate)));
    v128.store(cell + u, next, 4 * HIDDEN);
    v128.store(squash + u, tanh4(next));
  }
  for (let u: usize = 0; u < 4 * HIDDEN; u += 16) {
    v128.store(hidden + u, f32x4.mul(v128.load(gate + u, 8 * HIDDEN), v128.load(squash + u)));
  }
}

/** After `forward`: adds the gradient of the loss of this window, which it returns: the mean pinball loss of the known targets. */
export function backward(): f32 {
  memory.fill(lanes, 0, 16 * HIDDEN);
  const loss = judge();
  for (let lead: usize = 0; lead < LEADS; lead++) backwardHead(lead);
  for (let j: usize = 0; j < HIDDEN; j++) f32.store(hiddenGradient + 4 * j, sumOf(v128.load(lanes + 16 * j)));
  memory.fill(cellGradient, 0, 4 * HIDDEN);
  for (let t: usize = STEPS; t-- > 0;) {
    backwardGates(t);
    if (t == 0) break;
    for (let j: usize = 0; j < HIDDEN; j += 16) {
      backwardHidden(t, j);
      backwardHidden(t, j + 8);
    }
  }
  for (let j: usize = 0; j < COLUMNS; j += 2) {
    for (let r: usize = 0; r < 4 * GATES; r += 128) {
      addColumns(j, r);
      addColumns(j, r + 64);
    }
  }
  for (let t: usize = 0; t < 4 * GATES * STEPS; t += 4 * GATES) {
    for (let r: usize = 0; r < 4 * GATES; r += 16) {
      const at = gradient + 4 * BIAS + r;
      v128.store(at, f32x4.add(v128.load(at), v128.load(gates + t + r)));
    }
  }
  return loss;
}

/** Loss of the outputs and its derivative by each; a target that is not known (NaN) counts nothing. */
function judge(): f32 {
  let known: f32 = 0;
  for (let lead: usize = 0; lead < LEADS; lead++) if (!isNaN(f32.load(targets + 4 * lead))) known += <f32>QUANTILES;
  memory.fill(outputGradient, 0, 4 * LEADS * LANES);
  if (known == 0) return 0;
  let loss: f32 = 0;
  for (let lead: usize = 0; lead < LEADS; lead++) {
    const target = f32.load(targets + 4 * lead);
    if (isNaN(target)) continue;
    for (let q: usize = 0; q < QUANTILES; q++) {
      const level = f32.load(levels + 4 * q);
      const place = 4 * (LANES * lead + q);
      const miss = target - f32.load(outputs + place);
      const slope: f32 = miss < 0 ? <f32>1 - level : -level;
      loss -= slope * miss;
      f32.store(outputGradient + place, slope / known);
    }
  }
  return loss / known;
}

function backwardHead(lead: usize): void {
  const a = v128.load(outputGradient + 4 * LANES * lead);
  const b = v128.load(outputGradient + 4 * LANES * lead, 16);
  const at = 4 * HEAD + 4 * ROWS * LANES * lead;
  const hidden = seen + 4 * COLUMNS * STEPS + 4 * INPUTS;
  for (let j: usize = 0; j < ROWS; j++) {
    const row = at + 4 * LANES * j;
    if (j < HIDDEN) {
      const sum = f32x4.add(f32x4.mul(a, v128.load(weights + row)), f32x4.mul(b, v128.load(weights + row, 16)));
      v128.store(lanes + 16 * j, f32x4.add(v128.load(lanes + 16 * j), sum));
    }
    const extra = extras + 4 * (EXTRAS * lead + j - HIDDEN);
    const value = j == ROWS - 1 ? f32x4.splat(1) : v128.load32_splat(j < HIDDEN ? hidden + 4 * j : extra);
    v128.store(gradient + row, f32x4.add(v128.load(gradient + row), f32x4.mul(value, a)));
    v128.store(gradient + row, f32x4.add(v128.load(gradient + row, 16), f32x4.mul(value, b)), 16);
  }
}

/** Turns the gates of step `t` into the gradient by their sums, from that of its hidden units and cells; leaves that of the cells before. */
function backwardGates(t: usize): void {
  const one = f32x4.splat(1);
  const gate = gates + 4 * GATES * t;
  for (let u: usize = 0; u < 4 * HIDDEN; u += 16) {
    const forget = v128.load(gate + u);
    const candidate = v128.load(gate + u, 4 * HIDDEN);
    const output = v128.load(gate + u, 8 * HIDDEN);
    const squash = v128.load(squashed + 4 * HIDDEN * t + u);
    const before = v128.load(cells + 4 * HIDDEN * t + u);
    const dh = v128.load(hiddenGradient + u);
    const through = f32x4.mul(f32x4.mul(dh, output), f32x4.sub(one, f32x4.mul(squash, squash)));
    const dc = f32x4.add(v128.load(cellGradient + u), through);
    const taken = f32x4.mul(dc, f32x4.sub(one, forget));
    v128.store(gate + u, f32x4.mul(f32x4.mul(taken, forget), f32x4.sub(before, candidate)));
    v128.store(gate + u, f32x4.mul(taken, f32x4.sub(one, f32x4.mul(candidate, candidate))), 4 * HIDDEN);
    v128.store(gate + u, f32x4.mul(f32x4.mul(dh, squash), f32x4.mul(output, f32x4.sub(one, output))), 8 * HIDDEN);
    v128.store(cellGradient + u, f32x4.mul(dc, forget));
  }
}

/** Gradient of the hidden units `j` to `j + 7` before step `t`. */
function backwardHidden(t: usize, j: usize): void {
  const from = gates + 4 * GATES * t;
  let column = weights + 4 * GATES * (INPUTS + j);
  const none = f32x4.splat(0);
  let a = none;
  let b = none;
  let c = none;
  let d = none;
  let e = none;
  let f = none;
  let g = none;
  let h = none;
  for (let r: usize = 0; r < 4 * GATES; r += 16, column += 16) {
    const value = v128.load(from + r);
    a = f32x4.add(a, f32x4.mul(value, v128.load(column)));
    b = f32x4.add(b, f32x4.mul(value, v128.load(column, 4 * GATES)));
    c = f32x4.add(c, f32x4.mul(value, v128.load(column, 8 * GATES)));
    d = f32x4.add(d, f32x4.mul(value, v128.load(column, 12 * GATES)));
    e = f32x4.add(e, f32x4.mul(value, v128.load(column, 16 * GATES)));
    f = f32x4.add(f, f32x4.mul(value, v128.load(column, 20 * GATES)));
    g = f32x4.add(g, f32x4.mul(value, v128.load(column, 24 * GATES)));
    h = f32x4.add(h, f32x4.mul(value, v128.load(column, 28 * GATES)));
  }
  v128.store(hiddenGradient + 4 * j, sumsOf(a, b, c, d));
  v128.store(hiddenGradient + 4 * j, sumsOf(e, f, g, h), 16);
}

/** Gradient of the weights of columns `j` and `j + 1` for sixteen gates from `r` on, summed over all steps. */
function addColumns(j: usize, r: usize): void {
  const into = gradient + 4 * GATES * j + r;
  let a = v128.load(into);
  let b = v128.load(into, 16);
  let c = v128.load(into, 32);
  let d = v128.load(into, 48);
  let e = v128.load(into, 4 * GATES);
  let f = v128.load(into, 4 * GATES + 16);
  let g = v128.load(into, 4 * GATES + 32);
  let h = v128.load(into, 4 * GATES + 48);
  let input = seen + 4 * j;
  let from = gates + r;
  for (let t: usize = 0; t < STEPS; t++, input += 4 * COLUMNS, from += 4 * GATES) {
    const first = v128.load32_splat(input);
    const second = v128.load32_splat(input, 4);
    const p = v128.load(from);
    const q = v128.load(from, 16);
    const v = v128.load(from, 32);
    const w = v128.load(from, 48);
    a = f32x4.add(a, f32x4.mul(first, p));
    b = f32x4.add(b, f32x4.mul(first, q));
    c = f32x4.add(c, f32x4.mul(first, v));
    d = f32x4.add(d, f32x4.mul(first, w));
    e = f32x4.add(e, f32x4.mul(second, p));
    f = f32x4.add(f, f32x4.mul(second, q));
    g = f32x4.add(g, f32x4.mul(second, v));
    h = f32x4.add(h, f32x4.mul(second, w));
  }
  v128.store(into, a);
  v128.store(into, b, 16);
  v128.store(into, c, 32);
  v128.store(into, d, 48);
  v128.store(into, e, 4 * GATES);
  v128.store(into, f, 4 * GATES + 16);
  v128.store(into, g, 4 * GATES + 32);
  v128.store(into, h, 4 * GATES + 48);
}

/**
 * One step of Adam with the gradient summed over `batch` windows, which is then 0 again. `steps`: how many were made before.
 * A gradient longer than `longest` is shortened to it. Returns its length before.
 */
export function update(rate: f32, batch: f32, longest: f32, steps: f32): f32 {
  return adam(weights, gradient, momentum, variance, 4 * WEIGHTS, rate, batch, longest, steps);
}
