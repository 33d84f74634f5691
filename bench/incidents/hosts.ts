import type { Incident } from '../../ml-sidecar/src/replay/incidents.ts';
import { hashed, noise } from '../../stack/src/demo/noise.ts';

const HOUR = 3600;
const DAY = 86_400;

/** What a generated host shows at a time, Unix seconds. Shares in [0, 1]. */
export interface GeneratedHost {
  readonly name: string;
  readonly cpu: (time: number) => number;
  readonly load: (time: number) => number;
  readonly memory: (time: number) => number;
  readonly root: (time: number) => number;
  readonly data: (time: number) => number;
  /** Seconds that a probe of its service takes. */
  readonly latency: (time: number) => number;
  readonly incidents: readonly Incident[];
}

/** What may happen to a host. The last five hurt nobody. */
export const kinds = ['leak', 'fill', 'latency', 'outage', 'saw-tooth', 'collector', 'weekly-peak', 'deploy', 'quiet'] as const;
export type Kind = (typeof kinds)[number];

/** How a happening changes a host, each from 0 (not at all). */
interface Effect {
  readonly memory?: (time: number) => number;
  readonly data?: (time: number) => number;
  readonly cpu?: (time: number) => number;
  /** Factor on the latency, 1 for none. */
  readonly latency?: (time: number) => number;
  readonly incident?: Omit<Incident, 'labels'>;
}

/**
 * A host with a day and a week of its own, to which `happenings` happen within the span (Unix seconds); the same seed gives the
 * same host.
 */
export function generateHost(
  name: string,
  seed: number,
  span: { readonly start: number; readonly end: number },
  happenings: readonly Kind[],
): GeneratedHost {
  const draw = (index: number, low: number, high: number): number => low + ((hashed(seed, index) + 1) / 2) * (high - low);
  const part = (span.end - span.start) / happenings.length;
  const busy = activityOf(draw(1, 8, 16), draw(2, 0.3, 0.8));
  const [cpuLow, cpuHigh, memoryLow, memoryHigh] = [draw(3, 0.05, 0.15), draw(4, 0.25, 0.5), draw(5, 0.3, 0.45), draw(6, 0.05, 0.15)];
  const [dataLow, base] = [draw(7, 0.35, 0.6), draw(8, 0.05, 0.2)];
  const rough = (index: number, time: number, scale: number): number => noise(seed + index, time, scale);
  const effects: Effect[] = [];
  const sum = (of: (effect: Effect) => ((time: number) => number) | undefined) => (time: number) =>
    effects.reduce((total, effect) => total + (of(effect)?.(time) ?? 0), 0);
  const extraCpu = sum(({ cpu }) => cpu);
  const cpu = (time: number): number =>
    clip(cpuLow + cpuHigh * busy(time) + 0.03 * rough(11, time, 600) + 0.02 * rough(12, time, 120) + extraCpu(time));
  const extraMemory = sum(({ memory }) => memory);
  const extraData = sum(({ data }) => data);
  const memory = (time: number): number => memoryLow + memoryHigh * busy(time - 900) + 0.012 * rough(14, time, 1200) + extraMemory(time);
  const data = (time: number): number => dataLow + 0.002 * rough(16, time, HOUR) + extraData(time);
  const timed = happenings.map((kind, i) => ({ kind, i, at: span.start + i * part + draw(40 + i, 0.1, 0.45) * part }));
  // Those that hurt come last: when a limit is passed depends on all that goes on besides.
  for (const { kind, i, at } of [...timed.filter(({ kind }) => !hurts.has(kind)), ...timed.filter(({ kind }) => hurts.has(kind))])
    effects.push(effectOf(kind, at, (index, low, high) => draw(100 + 20 * i + index, low, high), { memory, data }));
  return {
    name,
    cpu,
    load: (time) => 2 * cpu(time) * (1.1 + 0.15 * rough(13, time, 300)),
    memory: (time) => Math.min(0.99, clip(memory(time))),
    root: (time) => clip(0.35 + 0.05 * ((time / (7 * DAY)) % 1) + 0.002 * rough(15, time, 2 * HOUR)),
    data: (time) => clip(data(time)),
    latency: (time) =>
      base *
      (1 + 0.5 * busy(time)) *
      (1 + 0.15 * rough(17, time, 300)) *
      effects.reduce((all, { latency }) => all * (latency?.(time) ?? 1), 1),
    incidents: effects.flatMap(({ incident }) => (incident ? [{ ...incident, labels: { instance: name } }] : [])),
  };
}

const hurts: ReadonlySet<Kind> = new Set(['leak', 'fill', 'latency', 'outage']);

/** What a host would show without the happening at hand. */
interface Plain {
  readonly memory: (time: number) => number;
  readonly data: (time: number) => number;
}

/** When `plain` with `slope` a second more since `at` passes `limit`, Unix seconds. */
function passing(plain: (time: number) => number, at: number, slope: number, limit: number): number {
  let time = at;
  while (plain(time) + slope * (time - at) <= limit) time += 60;
  return time;
}

type Draw = (index: number, low: number, high: number) => number;

function effectOf(kind: Kind, at: number, draw: Draw, plain: Plain): Effect {
  switch (kind) {
    case 'leak':
      return leak(at, draw, plain);
    case 'fill':
      return fill(at, draw, plain);
    case 'latency':
      return creep(at, draw);
    case 'outage':
      return outage(at, draw);
    case 'saw-tooth': {
      // Logs are rotated once a disk is two thirds to four fifths full, far from its limit.
      const [period, height] = [draw(1, 20, 60) * HOUR, draw(2, 0.18, 0.3)];
      return { data: (time) => height * ((time / period) % 1) };
    }
    case 'collector': {
      const [period, height] = [draw(1, 1, 6) * HOUR, draw(2, 0.15, 0.3)];
      return { memory: (time) => height * ((time / period) % 1) };
    }
    case 'weekly-peak': {
      // A job that keeps all cores busy for two hours, once a week, as ever.
      const [second, height] = [draw(1, 0, 7 * DAY), draw(2, 0.5, 0.7)];
      return { cpu: (time) => ((time - second) % (7 * DAY) < 2 * HOUR ? height : 0) };
    }
    case 'deploy': {
      const [rise, more] = [draw(1, 0.06, 0.15), draw(2, 0.05, 0.1)];
      return { cpu: (time) => (time >= at ? rise : 0), memory: (time) => (time >= at ? more : 0) };
    }
    case 'quiet':
      return {};
    default:
      return kind satisfies never;
  }
}

/** Memory runs out; the kernel ends the process half an hour later. */
function leak(at: number, draw: Draw, { memory }: Plain): Effect {
  const slope = draw(2, 0.4, 0.6) / (draw(1, 8, 40) * HOUR);
  const hurt = passing(memory, at, slope, 0.95);
  const end = hurt + 1800;
  return {
    memory: (time) => (time < at || time >= end ? 0 : slope * (time - at)),
    incident: { kind: 'leak', start: at, hurt, end, foreseeable: true },
  };
}

/** A volume fills; somebody makes room two hours after it is full. */
function fill(at: number, draw: Draw, { data }: Plain): Effect {
  const slope = draw(2, 0.4, 0.6) / (draw(1, 6, 36) * HOUR);
  const hurt = passing(data, at, slope, 0.97);
  const end = hurt + 2 * HOUR;
  return {
    data: (time) => (time < at || time >= end ? 0 : slope * (time - at)),
    incident: { kind: 'fill', start: at, hurt, end, foreseeable: true },
  };
}

/** Answers become slower for hours, until it is ten times as slow; a restart mends it an hour later. */
function creep(at: number, draw: Draw): Effect {
  const hurt = at + draw(1, 5, 12) * HOUR;
  const end = hurt + HOUR;
  return {
    latency: (time) => (time < at || time >= end ? 1 : 10 ** Math.min(1, (time - at) / (hurt - at))),
    incident: { kind: 'latency', start: at, hurt, end, foreseeable: true },
  };
}

/** From one moment to the next all cores are busy and answers take twenty times as long. */
function outage(at: number, draw: Draw): Effect {
  const end = at + draw(1, 0.75, 1.5) * HOUR;
  const within = (time: number): boolean => time >= at && time < end;
  return {
    cpu: (time) => (within(time) ? 0.9 : 0),
    latency: (time) => (within(time) ? 20 : 1),
    incident: { kind: 'outage', start: at, hurt: at, end, foreseeable: false },
  };
}

/** How busy people keep a host: a day's wave around an hour, less at weekends. */
function activityOf(peak: number, weekend: number): (time: number) => number {
  return (time) => {
    const day = Math.floor(time / DAY + 4) % 7;
    const wave = 0.5 + 0.5 * Math.cos((2 * Math.PI * (time / HOUR - peak)) / 24);
    return wave * (day === 0 || day === 6 ? weekend : 1);
  };
}

const clip = (share: number): number => Math.max(0, Math.min(0.995, share));
