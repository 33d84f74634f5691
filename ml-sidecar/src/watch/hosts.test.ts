import { atOnce } from '@presage/service/giving-way.ts';
import { expect, test } from 'vitest';
import type { WatchSettings } from '../configuration/configuration.ts';
import { autoDetector } from '../detectors/auto.ts';
import { autoHostDefaults, autoHostDetector } from '../detectors/auto-host.ts';
import { seasonalNaive } from '../forecasters/seasonal-naive.ts';
import { seededRandom } from '../stats/random.ts';
import { Hosts } from './hosts.ts';
import { fromDisk } from './section.fixture.ts';
import { restoreSnapshot, takeSnapshot } from './snapshot.ts';
import { Watch } from './watch.ts';

const step = 300;
const names = ['cpu', 'memory', 'load'];
const detector = autoHostDetector({ ...autoHostDefaults, falseAlertsPerWeek: 1 });

/** A fit each time would be the whole of the run; none is due with so long a wait. */
const shape = {
  step,
  historySteps: 3000,
  horizonSteps: 12,
  refitSteps: 100_000,
  bounds: [-Infinity, Infinity],
  levels: [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975],
  leads: [12],
  forecaster: seasonalNaive,
  detector: autoDetector(),
} as const;

function watchNamed(name: string): Watch {
  const settings: WatchSettings = {
    name,
    step,
    expr: name,
    resolution: step,
    live: false,
    history: 3000 * step,
    horizon: 12 * step,
    refit: 100_000 * step,
    delay: 0,
    bounds: [-Infinity, Infinity],
    limits: [],
    forecaster: 'seasonal-naive',
    detector: 'auto',
    seriesLimit: 10,
  };
  return new Watch(settings, shape);
}

function rig() {
  const watches = names.map(watchNamed);
  return { watches, hosts: new Hosts({ label: 'instance', detector, step }, watches) };
}

const random = seededRandom(3);
const noise = Array.from({ length: 8 }, () => Float64Array.from({ length: 2000 }, () => random() + random() - 1));

/** Noise on two hosts; all that is watched of `a` moves at once after index 1700; memory of `b` comes and goes. */
function valueAt(name: string, host: string, index: number): number {
  const row = noise[names.indexOf(name) + (host === 'a' ? 0 : 4)];
  if (host === 'b' && name === 'memory' && (index < 300 || (index > 900 && index < 1200))) return NaN;
  return 10 + row[index] + (host === 'a' && index >= 1700 && index < 1712 ? 6 : 0);
}

/** Loads the indexes `from` to `to` in stretches, one watch after the other, and gives the scores by host and stretch. */
async function run({ watches, hosts }: ReturnType<typeof rig>, from: number, to: number, stretch: number): Promise<number[][]> {
  const scores: number[][] = [];
  for (let first = from; first <= to; first += stretch) {
    const last = Math.min(to, first + stretch - 1);
    for (const watch of watches) {
      const matrix = ['a', 'b'].map((instance) => ({
        labels: { instance },
        values: Float64Array.from({ length: last - first + 1 }, (_, i) => valueAt(watch.settings.name, instance, first + i)),
      }));
      await watch.load(last, last - first + 1, matrix, { pause: async () => {}, clock: () => 0 });
    }
    hosts.advance();
    scores.push(['a', 'b'].map((host) => hosts.states.get(host)?.score ?? 0));
  }
  return scores;
}

test('a host of which everything moves at once is anomalous, the other is not', async () => {
  const one = rig();
  const scores = await run(one, 1, 1999, 1);
  const moved = scores.slice(1699, 1713);
  expect(Math.max(...moved.map(([a]) => a))).toBeGreaterThan(1);
  expect(Math.max(...moved.map(([, b]) => b))).toBeLessThan(1);
  for (const score of scores.flat()) expect(score).toBeGreaterThanOrEqual(0);
});

test('a series that appears or vanishes is no anomaly of its host', async () => {
  const scores = await run(rig(), 1, 1300, 1);
  for (const index of [300, 301, 901, 902, 1200, 1201]) expect(scores[index][1]).toBeLessThan(1);
});

test('what comes in stretches, one watch after the other, scores as what comes step by step', async () => {
  const [byStep, byStretch] = [rig(), rig()];
  await run(byStep, 1, 1000, 1);
  await run(byStretch, 1, 1000, 200);
  expect([...byStretch.hosts.snapshot()]).toEqual([...byStep.hosts.snapshot()]);
});

test('a restart goes on as if it had not been, though the watches were saved at other times', async () => {
  const whole = rig();
  await run(whole, 1, 1250, 1);
  const first = rig();
  await run(first, 1, 1000, 1);
  const early = fromDisk(takeSnapshot(first.watches[0]));
  await run(first, 1001, 1020, 1);
  const hosts = fromDisk(first.hosts.snapshot());
  const late = first.watches.slice(1).map((watch) => fromDisk(takeSnapshot(watch)));
  const second = rig();
  expect(atOnce(second.hosts.restore(hosts))).toBe(true);
  expect(restoreSnapshot(second.watches[0], early)).toBe(true);
  late.forEach((sections, i) => restoreSnapshot(second.watches[i + 1], sections));
  // The first watch has to read back what the others know.
  const { watches } = second;
  for (const [watch, from] of [[watches[0], 1001] as const, [watches[1], 1021] as const, [watches[2], 1021] as const]) {
    const matrix = ['a', 'b'].map((instance) => ({
      labels: { instance },
      values: Float64Array.from({ length: 1251 - from }, (_, i) => valueAt(watch.settings.name, instance, from + i)),
    }));
    await watch.load(1250, 1251 - from, matrix, { pause: async () => {}, clock: () => 0 });
  }
  second.hosts.advance();
  expect([...second.hosts.snapshot()]).toEqual([...whole.hosts.snapshot()]);
});

test('state of another step or label is left behind, broken state is told', async () => {
  const one = rig();
  await run(one, 1, 50, 1);
  const [head, { header }] = fromDisk(one.hosts.snapshot());
  const other = new Hosts({ label: 'node', detector, step }, []);
  expect(atOnce(other.restore([head]))).toBe(false);
  expect(() => atOnce(rig().hosts.restore([head, { header, columns: [] }]))).toThrow(RangeError);
  expect(() => atOnce(rig().hosts.restore([head, { header: {}, columns: [] }]))).toThrow(RangeError);
});

test('a host that says nothing is stale, and forgotten after two weeks', async () => {
  const one = rig();
  await run(one, 1, 100, 1);
  const load = (to: number, length: number) =>
    Promise.all(one.watches.map((watch) => watch.load(to, length, [], { pause: async () => {}, clock: () => 0 })));
  await load(110, 10);
  one.hosts.advance();
  expect([...one.hosts.states.values()].map((state) => one.hosts.isStale(state))).toEqual([true, true]);
  await load(110 + 15 * 288, 15 * 288);
  one.hosts.advance();
  expect(one.hosts.states.size).toBe(0);
});
