import { setTimeout as sleep } from 'node:timers/promises';
import { podsOf, sendPods } from '../../test/faults/churn.ts';
import { highestMiB } from '../../test/faults/held.ts';
import { startPolledRig } from '../../test/faults/polled-rig.ts';
import { atLeast, atMost, type BenchRow } from '../bench.ts';
import { verdictRows } from './verdict-rows.ts';

/** So many pods by remote write, and a thousand a second by polling meanwhile. */
export async function churnRows(pods: number, say: (line: string) => void): Promise<readonly BenchRow[]> {
  const rig = await startPolledRig({
    watches: `
  - { name: p, expr: p, live: false, step: 1s, history: 1m, horizon: 10s, refit: 1m, delay: 1s, forecaster: seasonal-naive, series_limit: 600 }
  - { name: c, expr: c, step: 2s, resolution: 1s, history: 10m, horizon: 1m, refit: 1h, delay: 1s, forecaster: seasonal-naive, series_limit: 2000 }`,
    series: { p: podsOf(1000) },
  });
  try {
    const half = pods / 2;
    const first = await sendPods(rig, 'c', 1, half);
    const second = await sendPods(rig, 'c', 2, half);
    await sleep(5000);
    const refused = await rig.metric('presage_dropped_series_total{watch="c",reason="limit"}');
    const polled = await rig.metric('presage_dropped_series_total{watch="p",reason="limit"}');
    say(`${pods} pods by remote write, ${polled} left out by polling`);
    return [
      atMost(`${pods} pods by remote write: growth of memory in the second half`, second - first, 100, ' MiB', 0),
      atLeast('… refused and counted', refused, pods - 4000, '', 0),
      atLeast('pods by polling, refused and counted', polled, 1, '', 0),
      atLeast('… of both, told by a log line', ['c', 'p'].filter((watch) => leftOut(watch).test(rig.sidecar.said())).length, 2, ' of 2', 0),
      atMost('… most memory', highestMiB(rig.sidecar.pid), 700, ' MiB', 0),
      ...verdictRows('churn', await rig.verdict()),
    ];
  } finally {
    await rig.stop();
  }
}

const leftOut = (watch: string) => new RegExp(`level=warn.*series left out.*watch=${watch}.*at most`);
