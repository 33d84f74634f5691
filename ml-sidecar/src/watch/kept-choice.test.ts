import { expect, test } from 'vitest';
import { auto } from '../forecasters/auto.ts';
import type { Choice } from '../forecasters/forecaster.ts';
import { seededRandom } from '../stats/random.ts';
import { choiceOf, keptChoice, lengthOf } from './kept-choice.ts';

function choiceOfNoise(seed: number): Choice {
  const random = seededRandom(seed);
  const values = Float64Array.from({ length: 14 * 24 }, (_, i) => 5 + Math.sin((2 * Math.PI * i) / 24) + random());
  const { choice } = auto.fit({ start: 0, step: 3600, values });
  if (!choice) throw new Error('auto has compared nothing');
  return choice;
}

test('a choice that is kept comes back the same to the last bit, its models in their order', () => {
  const choice = choiceOfNoise(1);
  expect(choice.buckets.some(({ losses }) => Object.keys(losses).length > 3)).toBe(true);
  const again = choiceOf(keptChoice(choice));
  expect(again).toEqual(choice);
  expect(JSON.stringify(again)).toBe(
    JSON.stringify({
      comparedAt: choice.comparedAt,
      origins: choice.origins,
      buckets: choice.buckets.map(({ untilSeconds, origins, loss, widths, coverage, losses, weights }) => ({
        untilSeconds,
        origins,
        loss,
        widths,
        coverage,
        losses,
        weights,
      })),
    }),
  );
});

test('what no JSON can say is kept as well', () => {
  const bucket = {
    untilSeconds: Infinity,
    origins: 0,
    loss: NaN,
    widths: [1, -0, NaN],
    coverage: [0, 0, 0],
    losses: {},
    weights: { a: NaN },
  } as const;
  const choice = { comparedAt: -Infinity, origins: 0, buckets: [bucket] };
  expect(choiceOf(keptChoice(choice))).toEqual(choice);
  expect(choiceOf(keptChoice({ ...choice, buckets: [] })).buckets).toEqual([]);
});

test('choices that name the same models share the list of their names', () => {
  const [one, other] = [keptChoice(choiceOfNoise(1)), keptChoice(choiceOfNoise(2))];
  expect(other.numbers).not.toEqual(one.numbers);
  expect(other.models).toBe(one.models);
  expect(one.numbers.length).toBe(lengthOf(one.models));
});
