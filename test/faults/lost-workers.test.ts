import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMemoryGroup } from './cgroup.ts';
import { losses, loseWorkers } from './lost-workers.ts';
import { type QueueRig, startQueueRig } from './queue-rig.ts';
import { roundsOf } from './rounds.ts';

const { random } = roundsOf(1);
const probe = createMemoryGroup(2 ** 30, 'probe');
probe?.remove();
const ways = losses.filter((way) => probe || way !== 'out of memory');
let rig: QueueRig;
beforeAll(async () => {
  rig = await startQueueRig(ways.length + 1);
});
afterAll(() => rig?.stop());

it('workers killed, hung and out of memory with batches in their hands: told, no fit lost, none taken twice, and all as ever', async () => {
  const { fits, otherwise, taken, putBack, line, kernelKills } = await loseWorkers(rig, ways, random);
  expect({ otherwise, taken }).toEqual({ otherwise: 0, taken: fits });
  expect(kernelKills).toBe(probe ? 1 : 0);
  expect(putBack).toBeGreaterThanOrEqual(ways.length);
  expect(line).toMatch(/level=warn msg="a batch of a worker that is gone or hangs was put back into the queue"/);
  expect(line).toMatch(/level=warn msg="workers have gone".* workers=\d before=\d/);
  expect(await rig.metric('presage_queue_workers')).toBe(ways.length + 1);
});
