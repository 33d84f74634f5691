import { seededRandom } from '../ml-sidecar/src/stats/random.ts';
import type { Bench, BenchRow } from './bench.ts';
import { churnRows } from './faults/churn.ts';
import { killedRows } from './faults/killed.ts';
import { memoryRows } from './faults/memory.ts';
import { storageRows } from './faults/storage.ts';
import { clockRows, fitRows, networkRows } from './faults/surroundings.ts';
import { troubleRows } from './faults/troubles.ts';
import { queueRows, workerRows } from './faults/workers.ts';

const SEED = 20_268;

type Say = (line: string) => void;
type Kind = (rounds: number, random: () => number, say: Say) => Promise<readonly BenchRow[]>;

/** Every kind of fault, and how often of so many rounds. What stands in one list comes one after the other, the lists side by side: they mostly wait. */
const lanes: Readonly<Record<string, Kind>>[] = [
  { killed: killedRows },
  {
    workers: (rounds, random, say) => workerRows('killed', rounds, random, say),
    hung: (rounds, random, say) => workerRows('hung', Math.ceil(rounds / 10), random, say),
    starved: (rounds, random, say) => workerRows('out of memory', Math.ceil(rounds / 10), random, say),
    queue: (rounds, random, say) => queueRows(Math.ceil(rounds / 10), random, say),
  },
  {
    storage: (rounds, random, say) => storageRows(Math.ceil(rounds / 4), random, say),
    troubles: (rounds, _, say) => troubleRows(Math.ceil(rounds / 20), say),
    clock: (rounds, _, say) => clockRows(Math.ceil(rounds / 10), say),
    network: (rounds, random, say) => networkRows(Math.ceil(rounds / 4), random, say),
    fits: (rounds, _, say) => fitRows(Math.ceil(rounds / 20), say),
    churn: (rounds, _, say) => churnRows(rounds * 1000, say),
    memory: (_rounds, _, say) => memoryRows(say),
  },
];

/**
 * What a fault may cost, in its long form: PRESAGE_FAULT_ROUNDS rounds (default 100) with a fixed seed, half an hour of it; PRESAGE_FAULT_KINDS, separated by
 * commas, chooses some kinds.
 */
export const faults: Bench = {
  name: 'faults',
  async run(say) {
    const rounds = Number(process.env['PRESAGE_FAULT_ROUNDS'] ?? 100);
    const seed = Number(process.env['PRESAGE_FAULT_SEED'] ?? SEED);
    const kinds = process.env['PRESAGE_FAULT_KINDS']?.split(',');
    say(`${rounds} rounds, seed ${seed}`);
    const running = lanes.map((lane) => runLane(lane, (kind) => kinds?.includes(kind) ?? true, rounds, seed, say));
    // One that fails shall not leave the processes of the others behind.
    await Promise.allSettled(running);
    return (await Promise.all(running)).flat();
  },
};

async function runLane(
  lane: Readonly<Record<string, Kind>>,
  isWanted: (kind: string) => boolean,
  rounds: number,
  seed: number,
  say: Say,
): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  // Dice of its own for each kind, so that a seed means the same whatever runs beside it.
  for (const [kind, run] of Object.entries(lane)) if (isWanted(kind)) rows.push(...(await run(rounds, seededRandom(seed), say)));
  return rows;
}
