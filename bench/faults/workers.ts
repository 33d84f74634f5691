import type { FitVerdict } from '../../test/faults/handed-out.ts';
import { loseQueue, type LostQueueFigures } from '../../test/faults/lost-queue.ts';
import { type Loss, type LostFigures, loseWorkers, possibleLosses } from '../../test/faults/lost-workers.ts';
import { startQueueRig } from '../../test/faults/queue-rig.ts';
import { atLeast, atMost, type BenchRow, quantileOf, shown } from '../bench.ts';

/** Of two workers that share fits over Redis, loses one in this way in each round, with batches in its hands. */
export async function workerRows(
  way: Loss,
  rounds: number,
  random: () => number,
  say: (line: string) => void,
): Promise<readonly BenchRow[]> {
  if (!possibleLosses().includes(way)) return [shown(`presage worker ${way}`, 'skipped: wants root on Linux')];
  const rig = await startQueueRig(2);
  const all: LostFigures[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      all.push(await loseWorkers(rig, [way], random));
      if ((round + 1) % 10 === 0) say(`${round + 1} rounds of workers ${way}`);
    }
    return rowsOf(way, all);
  } finally {
    await rig.stop();
  }
}

const putBackLine = 'a batch of a worker that is gone or hangs was put back into the queue';
const goneLine = 'msg="workers have gone"';

function rowsOf(way: Loss, all: readonly LostFigures[]): readonly BenchRow[] {
  // One that hangs stays known to Redis; what was in its hands tells.
  const isTold = ({ putBack, line }: LostFigures) =>
    (putBack > 0 && line.includes(putBackLine)) || (way !== 'hung' && line.includes(goneLine));
  const seconds = all.map((one) => one.seconds);
  const putBack = all.reduce((total, one) => total + one.putBack, 0);
  return [
    atLeast(`presage worker ${way}: told by a metric and a log line`, all.filter(isTold).length, all.length, ` of ${all.length}`, 0),
    ...verdictRows(all),
    shown('… batches put back; all fits there after, p50', `${putBack}; ${quantileOf(seconds, 0.5).toFixed(1)} s`),
  ];
}

/** Kills the Redis of two workers so many times, with batches in their hands. */
export async function queueRows(rounds: number, random: () => number, say: (line: string) => void): Promise<readonly BenchRow[]> {
  const rig = await startQueueRig(2);
  const all: LostQueueFigures[] = [];
  try {
    for (let round = 0; round < rounds; round++) all.push(await loseQueue(rig, random));
  } finally {
    await rig.stop();
  }
  say(`${rounds} rounds of the Redis of workers killed`);
  const told = all.filter(({ ownFits, line }) => ownFits > 0 && line.includes('Redis is away')).length;
  const seconds = all.map((one) => one.seconds);
  return [
    atLeast('kill −9 of the Redis of workers: told by a metric and a log line', told, all.length, ` of ${all.length}`, 0),
    ...verdictRows(all),
    shown('… all fits there after, p50', `${quantileOf(seconds, 0.5).toFixed(1)} s`),
  ];
}

function verdictRows(all: readonly FitVerdict[]): readonly BenchRow[] {
  const sum = (of: (one: FitVerdict) => number) => all.reduce((total, one) => total + of(one), 0);
  const fits = sum((one) => one.fits);
  return [
    atMost(
      '… fits lost or other than those of an undisturbed run',
      sum((one) => one.otherwise),
      0,
      ` of ${fits}`,
      0,
    ),
    atMost('… fits taken twice', sum((one) => one.taken) - fits, 0, ` of ${fits}`, 0),
  ];
}
