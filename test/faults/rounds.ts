import { seededRandom } from '../../ml-sidecar/src/stats/random.ts';

/** How often a fault strikes, and the dice that say when. */
export interface Rounds {
  readonly rounds: number;
  readonly seed: number;
  readonly random: () => number;
}

/** `PRESAGE_FAULT_ROUNDS` rounds or else `usual`, with the seed `PRESAGE_FAULT_SEED` or else one of the moment; says which. */
export function roundsOf(usual: number, environment = process.env): Rounds {
  const rounds = Number(environment['PRESAGE_FAULT_ROUNDS'] ?? usual);
  const seed = Number(environment['PRESAGE_FAULT_SEED'] ?? Date.now() % 1_000_000);
  console.log(`faults: ${rounds} rounds, PRESAGE_FAULT_SEED=${seed}`);
  return { rounds, seed, random: seededRandom(seed) };
}
