import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../ml-sidecar/src/stats/random.ts';
import { createMemoryGroup } from '../test/faults/cgroup.ts';
import { podsOf, sendPods } from '../test/faults/churn.ts';
import { troubles } from '../test/faults/fake-prometheus.ts';
import { highestMiB } from '../test/faults/held.ts';
import { startKilledRig, type Victim, victims } from '../test/faults/killed-rig.ts';
import { startPolledRig } from '../test/faults/polled-rig.ts';
import type { StateVerdict } from '../test/faults/polled-state.ts';
import { allowFiles, mountSmallDisk, spoilings, spoilState, withoutSaving } from '../test/faults/storage.ts';
import { strikeTrouble } from '../test/faults/troubles.ts';
import { atLeast, atMost, type Bench, type BenchRow, quantileOf, shown } from './bench.ts';

const SEED = 20_268;

/** What a fault may cost, in its long form: PRESAGE_FAULT_ROUNDS rounds of each (default 100) with a fixed seed. */
export const faults: Bench = {
  name: 'faults',
  async run(say) {
    const rounds = Number(process.env['PRESAGE_FAULT_ROUNDS'] ?? 100);
    const random = seededRandom(Number(process.env['PRESAGE_FAULT_SEED'] ?? SEED));
    say(`${rounds} rounds, seed ${process.env['PRESAGE_FAULT_SEED'] ?? SEED}`);
    return [
      ...(await killedRows(rounds, random, say)),
      ...(await storageRows(Math.ceil(rounds / 4), random, say)),
      ...(await troubleRows(Math.ceil(rounds / 20), say)),
      ...(await churnRows(rounds * 1000, say)),
      ...(await memoryRows(say)),
    ];
  },
};

/** Kills each victim so many times at moments of the dice, in turn, and compares once at the end with what Prometheus has stored. */
async function killedRows(rounds: number, random: () => number, say: (line: string) => void): Promise<readonly BenchRow[]> {
  const rig = await startKilledRig();
  const back: Record<Victim, number[]> = { sidecar: [], prometheus: [], redis: [] };
  try {
    for (let round = 0; round < rounds; round++) {
      for (const victim of victims) {
        await sleep(1500 * random());
        const pause = random();
        const before = performance.now();
        await rig.kill(victim, pause);
        back[victim].push((performance.now() - before) / 1000 - pause);
      }
      if ((round + 1) % 10 === 0) {
        await rig.catchUp();
        say(`${round + 1} rounds of kill −9`);
      }
    }
    await rig.catchUp();
    const { series, stored, otherwise, anomalies } = await rig.verdict();
    return [
      ...victims.map((victim) =>
        shown(`kill −9 of ${victim}: times; back at work after`, `${rounds}; p50 ${quantileOf(back[victim], 0.5).toFixed(1)} s`),
      ),
      atMost('kill −9: series with a lost, doubled or otherwise scored sample', otherwise, 0, ` of ${series}`, 0),
      atLeast('kill −9: samples stored, and anomalies in them', stored, 10 * rounds, `; ${anomalies}`, 0),
    ];
  } finally {
    await rig.stop();
  }
}

async function storageRows(rounds: number, random: () => number, say: (line: string) => void): Promise<readonly BenchRow[]> {
  const disk = mountSmallDisk();
  const rig = await startPolledRig(disk ? { storage: disk.path } : {});
  let [told, unreadable, fallen, unsaved] = [0, 0, 0, 0];
  try {
    const ways = [
      ...(disk
        ? ([
            [() => disk.fill(), () => disk.empty()],
            [() => disk.readOnly(true), () => disk.readOnly(false)],
          ] as const)
        : []),
      [() => allowFiles(rig.sidecar.pid, false), () => allowFiles(rig.sidecar.pid, true)] as const,
    ];
    for (let round = 0; round < rounds; round++) {
      const [forbid, permit] = ways[round % ways.length];
      const figures = await withoutSaving(rig, forbid, permit);
      unsaved++;
      if (figures.failures > 0 && figures.lines.length > 0) told++;
      if (!figures.readable) unreadable++;
      const { previous, line } = await spoilState(rig, spoilings[round % spoilings.length], random);
      if (previous === 1 && line !== '') fallen++;
    }
    say(`${rounds} rounds of storage that fails and of spoilt state`);
    const verdict = await rig.verdict();
    return [
      atLeast(`storage full, read-only or limited (${disk ? 'all three' : 'limited alone'}): told`, told, unsaved, ` of ${unsaved}`, 0),
      atMost('… the state saved before cannot be read', unreadable, 0, ` of ${unsaved}`, 0),
      atLeast('state torn, with a bit flipped, empty or gone: the one before it taken, and told', fallen, rounds, ` of ${rounds}`, 0),
      ...verdictRows('storage', verdict),
    ];
  } finally {
    await rig.stop();
    disk?.unmount();
  }
}

async function troubleRows(rounds: number, say: (line: string) => void): Promise<readonly BenchRow[]> {
  const rig = await startPolledRig();
  try {
    const rows: BenchRow[] = [];
    for (const trouble of troubles) {
      const recoveries: number[] = [];
      let told = 0;
      for (let round = 0; round < rounds; round++) {
        const { counted, recovery } = await strikeTrouble(rig, trouble, 3);
        recoveries.push(recovery);
        if (counted > 0) told++;
      }
      rows.push(atLeast(`Prometheus ${trouble}: told`, told, rounds, ` of ${rounds}`, 0));
      rows.push(shown(`… good again to the next value, p50`, `${quantileOf(recoveries, 0.5).toFixed(1)} s`));
    }
    say(`${rounds} rounds of each trouble of Prometheus`);
    rows.push(atMost('Prometheus in trouble: most memory of the sidecar', highestMiB(rig.sidecar.pid), 450, ' MiB', 0));
    return [...rows, ...verdictRows('Prometheus in trouble', await rig.verdict())];
  } finally {
    await rig.stop();
  }
}

/** So many pods by remote write, and a thousand a second by polling meanwhile. */
async function churnRows(pods: number, say: (line: string) => void): Promise<readonly BenchRow[]> {
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
      atMost('… most memory', highestMiB(rig.sidecar.pid), 700, ' MiB', 0),
      ...verdictRows('churn', await rig.verdict()),
    ];
  } finally {
    await rig.stop();
  }
}

async function memoryRows(say: (line: string) => void): Promise<readonly BenchRow[]> {
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
        ...verdictRows('cgroup', await rig.verdict()),
      ];
    } finally {
      await rig.stop();
    }
  } finally {
    group.remove();
  }
}

function verdictRows(what: string, { series, values, lost, wrong, otherwise }: StateVerdict): readonly BenchRow[] {
  return [
    atMost(`${what}: values lost or wrong`, lost + wrong, 0, ` of ${series * values}`, 0),
    atMost(`${what}: series scored otherwise than by an undisturbed run`, otherwise, 0, ` of ${series}`, 0),
  ];
}
