import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../end-to-end/started-program.ts';
import { type FitVerdict, handOut } from './handed-out.ts';
import type { QueueRig } from './queue-rig.ts';

/** What became of fits whose Redis was killed while workers had them in their hands. */
export interface LostQueueFigures extends FitVerdict {
  /** Fits that own threads made for want of Redis, by their count. */
  readonly ownFits: number;
  /** What who hands out, and the workers, logged meanwhile. */
  readonly line: string;
  /** Seconds from the kill to the last outcome. */
  readonly seconds: number;
}

/** Kills Redis at a random moment of the work, waits for the outcomes, and starts it anew, empty; waits until workers are seen again. */
export async function loseQueue(rig: QueueRig, random: () => number): Promise<LostQueueFigures> {
  const ownFits = () => rig.metric('presage_queue_fits_total{result="redis"}');
  const before = await ownFits();
  const saying = [rig, ...rig.workers].map((one) => ({ one, from: one.said().length }));
  const handed = await handOut(rig);
  await sleep(300 * random());
  const lostAt = performance.now();
  await rig.redis.kill();
  await handed.outcomes;
  const seconds = (performance.now() - lostAt) / 1000;
  await until(async () => (await rig.metric('presage_queue_connected')) === 0, 60, 'a look at the queue');
  await rig.redis.start();
  await rig.complete();
  const line = () => saying.map(({ one, from }) => one.said().slice(from)).join('');
  await until(() => line().split('the queue answers again').length > rig.workers.length, 60, 'a word of each worker');
  return { ...(await handed.judge()), ownFits: (await ownFits()) - before, line: line(), seconds };
}
