import { baseScene, cpuFrames, now, promFrame, timesFrom } from './scenes.ts';
import type { Scene, SceneFrame } from './scene.ts';

const minute = 60_000;
const hour = 60 * minute;
const host = { instance: 'web-1' };
const times = timesFrom(now - 2 * hour, 10 * minute, 13);
const wave = times.map((_, index) => 0.4 + 0.1 * Math.sin(index));
const quantile = (level: string, values: (number | null)[], at = times): SceneFrame =>
  promFrame('B', { __name__: 'presage_forecast', ...host, watch: 'cpu', quantile: level }, at, values);
const history = promFrame('A', host, times, wave, 'web-1');
const names = (scene: Partial<Scene> & { frames: SceneFrame[] }): Scene =>
  baseScene({ from: now - 3 * hour, to: now + 3 * hour, ...scene });

/** What the panel says in place of a chart. */
export const said: readonly [string, Scene, RegExp][] = [
  ['no data', names({ key: 'none', frames: [] }), /No data.*presage_forecast/s],
  ['frames without rows', names({ key: 'rows', frames: [promFrame('A', host, [], [])] }), /No values/],
  [
    'all NaN',
    names({
      key: 'nan',
      frames: [
        promFrame(
          'A',
          host,
          times,
          times.map(() => NaN),
        ),
      ],
    }),
    /No values/,
  ],
  [
    'all null',
    names({
      key: 'null',
      frames: [
        promFrame(
          'A',
          host,
          times,
          times.map(() => null),
        ),
      ],
    }),
    /No values/,
  ],
  [
    'nothing but infinities',
    names({
      key: 'inf',
      frames: [
        promFrame(
          'A',
          host,
          times,
          times.map(() => Infinity),
        ),
      ],
    }),
    /No values/,
  ],
  [
    'text alone',
    names({ key: 'text', frames: [{ refId: 'A', fields: [{ name: 'what', type: 'string', values: ['a'] }] }] }),
    /No series to draw.*presage_forecast/s,
  ],
  [
    'a number without a time',
    names({ key: 'notime', frames: [{ refId: 'A', fields: [{ name: 'Value', type: 'number', values: [1] }] }] }),
    /query A has no time field: set its format to Time series/,
  ],
  [
    'a range wholly in the past',
    names({ key: 'past', from: now - 90 * hour, to: now - 80 * hour, frames: [history] }),
    /No samples in this time range/,
  ],
  [
    'a range past every horizon',
    names({ key: 'future', from: now + 80 * hour, to: now + 90 * hour, frames: cpuFrames() }),
    /No forecast reaches this far.*presage_forecast/s,
  ],
  [
    'a time to limit alone',
    names({
      key: 'ttl',
      frames: [
        promFrame(
          'A',
          { __name__: 'presage_time_to_limit_seconds', ...host, watch: 'cpu', limit: 'full', quantile: '0.5' },
          times,
          times.map(() => 3600),
        ),
      ],
    }),
    /Times to a limit, but no line/,
  ],
];

/** What the panel draws, and what it remarks about it. */
export const drawn: readonly [string, Scene, RegExp][] = [
  ['one point', names({ key: 'point', frames: [promFrame('A', host, [now - hour], [0.5], 'web-1')] }), /no forecast among the queries/],
  [
    'infinities among values',
    names({
      key: 'mixed',
      frames: [
        promFrame(
          'A',
          host,
          times,
          wave.map((value, index) => (index === 4 ? Infinity : index === 6 ? -Infinity : value)),
        ),
      ],
    }),
    /2 samples infinite, shown as gaps/,
  ],
  ['unsorted times', names({ key: 'unsorted', frames: [promFrame('A', host, times.toReversed(), wave)] }), /samples out of order, sorted/],
  [
    'duplicate times',
    names({ key: 'twice', frames: [promFrame('A', host, [...times, times.at(-1)!], [...wave, 0.9])] }),
    /1 sample at a time seen before/,
  ],
  [
    '200 series',
    names({
      key: 'many',
      frames: Array.from({ length: 200 }, (_, index) =>
        promFrame(
          'A',
          { instance: `h${index}` },
          times,
          wave.map((value) => value * index),
        ),
      ),
    }),
    /no forecast/,
  ],
  [
    'bands without a median',
    names({
      key: 'bands',
      frames: [
        history,
        quantile('0.1', wave),
        quantile(
          '0.9',
          wave.map((value) => value + 0.2),
        ),
      ],
    }),
    /^$/,
  ],
  [
    'quantiles that cross',
    names({
      key: 'cross',
      frames: [
        history,
        quantile(
          '0.1',
          wave.map((value) => value + 0.3),
        ),
        quantile('0.9', wave),
      ],
    }),
    /13 samples where quantiles cross/,
  ],
  [
    'a quantile without its partner',
    names({ key: 'alone', frames: [history, quantile('0.5', wave), quantile('0.9', wave)] }),
    /quantile 0.9 has no partner 0.1/,
  ],
  [
    'labels with quotes and unicode',
    names({ key: 'unicode', frames: [promFrame('A', { 'näme "x"': '<b>☂</b> \\ "q"' }, times, wave), quantile('0.5', wave)] }),
    /^$/,
  ],
  [
    'a limit far out of range',
    names({
      key: 'far',
      frames: cpuFrames(),
      fieldConfig: {
        defaults: {
          thresholds: {
            mode: 'absolute',
            steps: [
              { value: -Infinity, color: 'green' },
              { value: 5000, color: 'red' },
            ],
          },
        },
        overrides: [],
      },
    }),
    /^$/,
  ],
  [
    'percentages of an unknown range',
    names({
      key: 'percent',
      frames: [history, quantile('0.5', wave)],
      fieldConfig: {
        defaults: {
          thresholds: {
            mode: 'percentage',
            steps: [
              { value: -Infinity, color: 'green' },
              { value: 80, color: 'red' },
            ],
          },
        },
        overrides: [],
      },
    }),
    /^$/,
  ],
  [
    'a forecast without history',
    names({ key: 'ahead', from: now, to: now + 6 * hour, frames: cpuFrames().filter((frame) => frame.refId === 'B') }),
    /no history among the queries/,
  ],
  ['a range wholly in the future', names({ key: 'later', from: now + hour, to: now + 5 * hour, frames: cpuFrames() }), /^$/],
  [
    'a logarithmic axis with zeros',
    names({
      key: 'log',
      frames: [promFrame('A', host, times, [0, 1, 10, 100, 0, 1, 2, 3, 4, 5, 6, 7, 8])],
      fieldConfig: { defaults: { custom: { scaleDistribution: { type: 'log', log: 10 } } }, overrides: [] },
    }),
    /no forecast/,
  ],
  [
    'a series that never changes',
    names({
      key: 'flat',
      frames: [
        promFrame(
          'A',
          host,
          times,
          times.map(() => 7),
        ),
      ],
    }),
    /no forecast/,
  ],
  [
    'two units',
    names({
      key: 'units',
      frames: [
        history,
        promFrame(
          'A',
          { instance: 'b' },
          times,
          wave.map((value) => value * 1e9),
        ),
      ],
    }),
    /no forecast/,
  ],
  [
    'histories that fit several watches',
    names({
      key: 'watches',
      frames: [
        history,
        quantile('0.5', wave),
        promFrame('C', { __name__: 'presage_forecast', ...host, watch: 'memory', quantile: '0.5' }, times, wave),
      ],
    }),
    /fit several watches/,
  ],
];
