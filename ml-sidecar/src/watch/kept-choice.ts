import type { Choice } from '../forecasters/forecaster.ts';

/** The models that the buckets of a choice name, in their order. Shared by all series whose choices name the same. */
export type ChosenModels = readonly { readonly losses: readonly string[]; readonly weights: readonly string[] }[];

/** A choice in one array of numbers: thousands live at once, and as objects each would hold four times as much. */
export interface KeptChoice {
  readonly models: ChosenModels;
  /** comparedAt and origins; of each bucket `bucketHead` numbers, then a loss for each of its losses, and a weight for each of its weights. */
  readonly numbers: Float64Array;
}

/** untilSeconds, origins, loss, three widths, three coverages. */
const bucketHead = 9;
const shared = new Map<string, ChosenModels>();

/** `choice` as it is kept. */
export function keptChoice({ comparedAt, origins, buckets }: Choice): KeptChoice {
  const models = sharedModels(buckets.map(({ losses, weights }) => ({ losses: Object.keys(losses), weights: Object.keys(weights) })));
  const numbers = new Float64Array(lengthOf(models));
  numbers.set([comparedAt, origins]);
  let at = 2;
  for (const { untilSeconds, origins: compared, loss, widths, coverage, losses, weights } of buckets) {
    const all = [untilSeconds, compared, loss, ...widths, ...coverage, ...Object.values(losses), ...Object.values(weights)];
    numbers.set(all, at);
    at += all.length;
  }
  return { models, numbers };
}

/** The choice that is kept, the same to the last bit. */
export function choiceOf({ models, numbers }: KeptChoice): Choice {
  let at = 2;
  const next = (): number => numbers[at++];
  const shares = (names: readonly string[]): Record<string, number> => Object.fromEntries(names.map((name) => [name, next()]));
  const buckets = models.map(({ losses, weights }) => ({
    untilSeconds: next(),
    origins: next(),
    loss: next(),
    widths: [next(), next(), next()] as const,
    coverage: [next(), next(), next()] as const,
    losses: shares(losses),
    weights: shares(weights),
  }));
  return { comparedAt: numbers[0], origins: numbers[1], buckets };
}

/** Numbers that a choice has that names these models. */
export function lengthOf(models: ChosenModels): number {
  return models.reduce((sum, { losses, weights }) => sum + bucketHead + losses.length + weights.length, 2);
}

/** One list for all that are equal. */
export function sharedModels(models: ChosenModels): ChosenModels {
  const key = JSON.stringify(models);
  const known = shared.get(key);
  if (known) return known;
  shared.set(key, models);
  return models;
}
