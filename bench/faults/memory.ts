import { setTimeout as sleep } from 'node:timers/promises';
import { createMemoryGroup } from '../../test/faults/cgroup.ts';
import { sendPods } from '../../test/faults/churn.ts';
import { startPolledRig } from '../../test/faults/polled-rig.ts';
import { atLeast, atMost, type BenchRow, shown } from '../bench.ts';
import { verdictRows } from './verdict-rows.ts';

/** More series than a cgroup has memory for. */
export async function memoryRows(say: (line: string) => void): Promise<readonly BenchRow[]> {
  const limit = 420;
  const group = createMemoryGroup(limit * 2 ** 20);
  if (!group) return [shown('memory limited by a cgroup', 'skipped: wants root on Linux')];
  try {
    const rig = await startPolledRig({
      watches: '  - { name: big, expr: big, step: 1s, history: 2h, horizon: 10m, refit: 1h, delay: 1s, forecaster: seasonal-naive }',
      sections: 'defaults: { series_limit: 1000000 }',
      run: (words) => [...group.run, ...words],
    });
    try {
      await sendPods(rig, 'big', 1, 20_000);
      await sleep(10_000);
      say(`${await rig.metric('presage_watched_series{watch="big"}')} series within ${limit} MiB`);
      return [
        atMost('a cgroup of 420 MiB, 20,000 large series: most memory', group.highest() / 2 ** 20, limit, ' MiB', 0),
        atMost('… processes ended by the kernel', group.kills(), 0, '', 0),
        atLeast('… series refused and counted', await rig.metric('presage_memory_refusals_total'), 1, '', 0),
        atLeast(
          '… told by a log line',
          /level=warn.*memory is nearly used up, no more series are taken/.test(rig.sidecar.said()) ? 1 : 0,
          1,
          '',
          0,
        ),
        ...verdictRows('cgroup', await rig.verdict()),
      ];
    } finally {
      await rig.stop();
    }
  } finally {
    group.remove();
  }
}
