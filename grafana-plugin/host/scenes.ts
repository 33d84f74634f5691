import type { Scene, SceneFrame } from './scene.ts';

const minute = 60_000;
const hour = 60 * minute;

/** The now of every scene: 22 November 2026, 12:00 UTC. */
export const now = Date.UTC(2026, 10, 22, 12);

const quantiles = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];
const normal = [-1.96, -1.2816, -0.6745, 0, 0.6745, 1.2816, 1.96];

/** Numbers in 0…1 that are the same in every run (mulberry32, Tommy Ettinger, public domain). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A frame as Grafana's Prometheus data source gives it: a time, a value, labels with `__name__`. */
export function promFrame(
  refId: string,
  labels: Record<string, string>,
  times: number[],
  values: (number | null)[],
  legend?: string,
): SceneFrame {
  const config = legend === undefined ? {} : { displayNameFromDS: legend };
  return {
    refId,
    ...(legend !== undefined && { name: legend }),
    fields: [
      { name: 'Time', type: 'time', values: times },
      { name: 'Value', type: 'number', labels, values, config },
    ],
  };
}

/** `count` times, `step` ms apart, the first at `from`. */
export function timesFrom(from: number, step: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index * step);
}

/** History of 24 h and forecast of 6 h of one host's CPU, with what was expected, scores and directions. Rises towards a limit. */
export function cpuFrames(host = 'web-1', seed = 1, level = 0.5): SceneFrame[] {
  const random = seeded(seed);
  const labels = { instance: host };
  const watch = { ...labels, watch: 'cpu' };
  const past = timesFrom(now - 24 * hour, 5 * minute, 289);
  const future = timesFrom(now + 5 * minute, 5 * minute, 72);
  const expected = (time: number): number =>
    level + 0.14 * Math.sin(((time - now) / (24 * hour)) * 2 * Math.PI) + 0.085 * Math.max(0, (time - now) / hour);
  const noise = (): number => (random() + random() + random() - 1.5) * 0.05;
  const isOdd = (time: number): boolean => time > now - 9 * hour && time < now - 8.4 * hour;
  const isLow = (time: number): boolean => time > now - 16 * hour && time < now - 15.7 * hour;
  const actual = past.map((time) => expected(time) + noise() + (isOdd(time) ? 0.22 : 0) - (isLow(time) ? 0.2 : 0));
  const score = past.map((time) => (isOdd(time) ? 2.4 + random() : isLow(time) ? 1.7 : random() * 0.8));
  const spread = (time: number): number => 0.04 + 0.05 * Math.sqrt(Math.max(0, time - now) / hour);
  return [
    promFrame('A', { ...labels }, past, actual, host),
    ...quantiles.map((quantile, index) =>
      promFrame(
        'B',
        { __name__: 'presage_forecast', ...watch, quantile: String(quantile) },
        [...past, ...future],
        [...past, ...future].map((time) => expected(time) + normal[index]! * spread(time)),
      ),
    ),
    promFrame('C', { __name__: 'presage_anomaly_score', ...watch }, past, score),
    promFrame(
      'D',
      { __name__: 'presage_anomaly_direction', ...watch },
      past,
      past.map((time) => (isOdd(time) ? 1 : isLow(time) ? -1 : 0)),
    ),
  ];
}

/** The scene that all others vary: one host, dark, with a limit of 90 %. */
export function baseScene(change: Partial<Scene> = {}): Scene {
  return {
    key: 'scene',
    theme: 'dark',
    width: 900,
    height: 360,
    from: now - 24 * hour,
    to: now + 6 * hour,
    now,
    options: {},
    fieldConfig: {
      defaults: {
        unit: 'percentunit',
        thresholds: {
          mode: 'absolute',
          steps: [
            { value: -Infinity, color: 'green' },
            { value: 0.9, color: 'red' },
          ],
        },
      },
      overrides: [],
    },
    frames: cpuFrames(),
    ...change,
  };
}
