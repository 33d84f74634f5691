import { labelText, valueText } from '@presage/service/exposition.ts';
import { createDice, damage, type Dice, fuzzRun } from '@presage/service/fuzz.ts';
import { expect, it } from 'vitest';
import { parseTextFile } from './textfile-format.ts';

// PRESAGE_FUZZ_CASES=100000 PRESAGE_FUZZ_SEED=7 npx vitest run --project unit exporter/src/collectors/textfile-format.fuzz
const { cases, seed } = fuzzRun(process.env, 3000);
console.log(`fuzz of the exposition: ${cases} cases, PRESAGE_FUZZ_SEED=${seed}`);
const timeout = 60_000 + cases * 5;

const page = Buffer.from(`# HELP a_total Some "help" \\\\ with \\n lines.
# TYPE a_total counter
a_total{path="/x\\"y\\\\z\\n",b="ü"} 1 1700000000000
# TYPE h histogram
h_bucket{le="0.5"} 1
h_bucket{le="+Inf"} 2
h_sum 3e-7
h_count 2
free NaN
`);

it(`a damaged page is either read or refused with its line, in ${cases} cases of seed ${seed}`, { timeout }, () => {
  const dice = createDice(seed);
  let read = 0;
  for (let i = 0; i < cases; i++) {
    const outcome = readOrFault(Buffer.from(damage(page, dice)).toString());
    if (outcome === 'read') read++;
    expect(outcome).toMatch(/^(read|line \d+: [^]+)$/);
  }
  expect(read).toBeGreaterThan(0);
});

it(`what is written of any labels and value is read back as the same, in ${cases} cases of seed ${seed}`, { timeout }, () => {
  const dice = createDice(seed);
  for (let i = 0; i < cases; i++) {
    const labels = Object.fromEntries(Array.from({ length: dice.below(4) }, (_, n) => [`l${n}`, textOf(dice)]));
    const value = dice.pick([0, -0, 1e308, 5e-324, Infinity, -Infinity, NaN, dice.uniform(), 2 ** 53]);
    const [family] = parseTextFile(`m${labelText(labels)} ${valueText(value)}\n`);
    // An empty label is none.
    const wanted = labelText(Object.fromEntries(Object.entries(labels).filter(([, text]) => text !== '')));
    expect([family.samples[0].labels, Object.is(family.samples[0].value + 0, value + 0)]).toEqual([wanted, true]);
    expect(family.samples).toHaveLength(1);
  }
});

/** `read` where all values are numbers, else what is wrong. */
function readOrFault(text: string): string {
  try {
    const samples = parseTextFile(text).flatMap((family) => family.samples);
    return samples.every(({ value }) => typeof value === 'number') ? 'read' : 'a value that is no number';
  } catch (error) {
    return error instanceof Error ? error.message : 'what is no error';
  }
}

function textOf(dice: Dice): string {
  return Array.from({ length: dice.below(8) }, () =>
    dice.pick(['"', '\\', '\n', '}', ',', '=', 'a', 'ü', '\u{1F600}', ' ', '\t', '#', '\\n', '\r']),
  ).join('');
}
