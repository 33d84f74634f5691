import { afterAll, beforeAll, expect, it } from 'vitest';
import { loseQueue } from './lost-queue.ts';
import { loseWorkers, possibleLosses } from './lost-workers.ts';
import { type QueueRig, startQueueRig } from './queue-rig.ts';
import { roundsOf } from './rounds.ts';

const { random } = roundsOf(1);
const ways = possibleLosses();
let rig: QueueRig;
beforeAll(async () => {
  rig = await startQueueRig(ways.length + 1);
});
afterAll(() => rig?.stop());

it('workers killed, hung and out of memory with batches in their hands: told, no fit lost, none taken twice, and all as ever', async () => {
  const { fits, otherwise, taken, putBack, line, kernelKills } = await loseWorkers(rig, ways, random);
  expect({ otherwise, taken }).toEqual({ otherwise: 0, taken: fits });
  expect(kernelKills).toBe(ways.includes('out of memory') ? 1 : 0);
  expect(putBack).toBeGreaterThanOrEqual(ways.length);
  expect(line).toMatch(/level=warn msg="a batch of a worker that is gone or hangs was put back into the queue"/);
  expect(line).toMatch(/level=warn msg="workers have gone".* workers=\d before=\d/);
  expect(await rig.metric('presage_queue_workers')).toBe(ways.length + 1);
});

it('their Redis killed with batches in their hands: the same, by own threads', async () => {
  const { fits, otherwise, taken, ownFits, line } = await loseQueue(rig, random);
  expect({ otherwise, taken }).toEqual({ otherwise: 0, taken: fits });
  expect(ownFits).toBeGreaterThan(0);
  expect(line).toMatch(/level=warn msg="fits are made by own threads".*why="Redis is away/);
  expect(line).toMatch(/level=warn msg="the queue has a fault"/);
  expect(line).toMatch(/level=info msg="fits are made by workers"/);
});
