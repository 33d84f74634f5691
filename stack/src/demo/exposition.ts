import { closeSync, openSync, writeSync } from 'node:fs';
import { type GeneratedSeries, type Target, targetsOf } from './series.ts';
import { historySeconds, type Story } from './story.ts';

/** Labels that tell generated series from measured ones. */
export const marker = { generated: 'true' } as const;

/** What a target exposes at a time, in Prometheus' text format; undefined while it is down. */
export function exposeNow(target: Target, time: number): string | undefined {
  if (!target.up(time)) return undefined;
  const families = byName(target.series);
  return [...families]
    .flatMap(([name, series]) => {
      const samples = series.map((one) => [one, one.at(time)] as const).filter(([, value]) => !Number.isNaN(value));
      return [
        `# HELP ${name} Generated for the demo.`,
        `# TYPE ${name} ${series[0].type}`,
        ...samples.map(([one, value]) => `${name}${labelText(one.labels)} ${value}`),
      ];
    })
    .map((line) => `${line}\n`)
    .join('');
}

/** Seconds between two samples of the history: `rate(…[5m])` needs two of a counter in five minutes, a gauge holds for five minutes. */
export const steps = { counter: 150, gauge: 300 } as const;

/**
 * Writes the whole history as OpenMetrics, for `promtool tsdb create-blocks-from openmetrics`. Samples of a series lie together.
 * @returns how many samples it wrote.
 */
export function writeHistory(story: Story, file: string): number {
  const descriptor = openSync(file, 'w');
  let count = 0;
  let buffer = '';
  const put = (text: string): void => {
    buffer += text;
    if (buffer.length < 1_000_000) return;
    writeSync(descriptor, buffer);
    buffer = '';
  };
  try {
    for (const [name, series] of byName(historySeries(story))) {
      put(`# TYPE ${name.replace(/_total$/, '')} ${series[0].type}\n`);
      for (const one of series) count += writeSeries(one, story.anchor, put);
    }
    put('# EOF\n');
    writeSync(descriptor, buffer);
  } finally {
    closeSync(descriptor);
  }
  return count;
}

/** Every series with the labels that Prometheus would add, and `up` as Prometheus would have recorded it. */
function historySeries(story: Story): readonly GeneratedSeries[] {
  return targetsOf(story).flatMap(({ job, instance, series, up }) => {
    const labels = { job, instance, ...marker };
    const all: readonly GeneratedSeries[] = [...series, { name: 'up', type: 'gauge', labels: {}, at: (time) => (up(time) ? 1 : 0) }];
    return all.map((one) => ({ ...one, labels: { ...one.labels, ...labels } }));
  });
}

function writeSeries({ name, type, labels, at }: GeneratedSeries, anchor: number, put: (text: string) => void): number {
  const head = `${name}${labelText(labels)} `;
  const step = steps[type];
  let count = 0;
  for (let time = anchor - historySeconds; time <= anchor; time += step) {
    const value = at(time);
    if (Number.isNaN(value)) continue;
    put(`${head}${round(value)} ${time}\n`);
    count++;
  }
  return count;
}

/** Twelve digits: a shorter file, and as the same rounding at every time no rate is changed by more than 1e-9. */
const round = (value: number): number => (Number.isInteger(value) ? value : Number(value.toPrecision(12)));

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** The series of each name together, as both formats want them. */
function byName(all: readonly GeneratedSeries[]): ReadonlyMap<string, readonly GeneratedSeries[]> {
  const families = new Map<string, GeneratedSeries[]>();
  for (const series of all) families.set(series.name, [...(families.get(series.name) ?? []), series]);
  return families;
}
