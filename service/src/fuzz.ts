/** A stream of draws that a seed fixes: what a fuzz run needs to be run again. */
export interface Dice {
  /** Uniform in 0 … limit − 1. */
  below(limit: number): number;
  /** Uniform in [0, 1). */
  uniform(): number;
  pick<T>(choices: readonly T[]): T;
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, good enough to spread faults. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(uniform() * limit);
  return { uniform, below, pick: (choices) => choices[below(choices.length)] };
}

/** A copy of `bytes` with one of the faults that networks, disks and attackers make. */
export function damage(bytes: Uint8Array, dice: Dice): Uint8Array {
  return dice.pick(faults)(Uint8Array.from(bytes), dice);
}

const faults: readonly ((bytes: Uint8Array, dice: Dice) => Uint8Array)[] = [
  (bytes, dice) => bytes.subarray(0, dice.below(bytes.length + 1)),
  (bytes, dice) => bytes.subarray(dice.below(bytes.length + 1)),
  (bytes, dice) => change(bytes, dice, 1, (byte) => byte ^ (1 << dice.below(8))),
  (bytes, dice) => change(bytes, dice, 1 + dice.below(20), () => dice.below(256)),
  (bytes, dice) => change(bytes, dice, 1 + dice.below(12), () => 0xff),
  (bytes, dice) => change(bytes, dice, 1 + dice.below(12), () => 0),
  (bytes, dice) => {
    const start = dice.below(bytes.length + 1);
    return bytes.fill(0x80 | dice.below(128), start, start + dice.below(40));
  },
  (bytes, dice) => {
    const at = dice.below(bytes.length + 1);
    return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(dice.below(bytes.length + 1))]);
  },
  (_, dice) => Uint8Array.from({ length: dice.below(200) }, () => dice.below(256)),
  (bytes) => bytes,
];

function change(bytes: Uint8Array, dice: Dice, times: number, to: (byte: number) => number): Uint8Array {
  for (let i = 0; i < times && bytes.length > 0; i++) {
    const at = dice.below(bytes.length);
    bytes[at] = to(bytes[at]);
  }
  return bytes;
}

/** How long a fuzz run is and what it starts from: PRESAGE_FUZZ_CASES and PRESAGE_FUZZ_SEED of the environment, else `usual` and a new one. */
export function fuzzRun(
  environment: Readonly<Record<string, string | undefined>>,
  usual: number,
): { readonly cases: number; readonly seed: number } {
  const cases = Number(environment['PRESAGE_FUZZ_CASES'] ?? usual);
  const seed = Number(environment['PRESAGE_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  return { cases, seed };
}
