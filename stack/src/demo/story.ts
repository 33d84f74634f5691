import { noise, seedOf } from './noise.ts';

const hour = 3600;
const day = 24 * hour;

/** Seconds of history before the anchor. */
export const historySeconds = 21 * day;

/**
 * What happens on the generated hosts, told relative to the anchor: the moment at which the demo was started. All of it is a function of
 * the host and the time, so that the history and the live hosts tell the same story.
 */
export interface Story {
  /** Start of the demo, Unix seconds. */
  readonly anchor: number;
  readonly hosts: readonly Host[];
  readonly sites: readonly ProbedSite[];
}

/** A generated host; times in Unix seconds, shares in [0, 1]. */
export interface Host {
  readonly name: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** How busy it is, by time: seasons of day and week, noise, and what happened. */
  readonly activity: (time: number) => number;
  /** Share of memory that is used. */
  readonly memory: (time: number) => number;
  readonly filesystems: readonly Filesystem[];
  /** Seconds that one disk operation takes. */
  readonly diskLatency: (time: number) => number;
  /** Times in which it did not answer. It boots at the end of each. */
  readonly outages: readonly Span[];
  /** A service whose resident memory is exposed, in bytes. */
  readonly service?: { readonly job: string; readonly residentBytes: (time: number) => number };
}

export interface Filesystem {
  readonly mountpoint: string;
  readonly device: string;
  readonly bytes: number;
  readonly used: (time: number) => number;
}

export interface ProbedSite {
  readonly url: string;
  readonly seconds: (time: number) => number;
  readonly outages: readonly Span[];
  /** Unix seconds at which its certificate expires. */
  readonly certificateExpiry: number;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

export const within = (spans: readonly Span[], time: number): boolean => spans.some(({ start, end }) => time >= start && time < end);

/** The story of every demo; its parts are named in the README and in the table that the stack prints. */
export function tellStory(anchor: number): Story {
  const outage = { start: anchor - 5 * day, end: anchor - 5 * day + 45 * 60 };
  return {
    anchor,
    hosts: [web('demo-web-1', anchor, { outages: [outage] }), leakingWeb(anchor), database(anchor), batch(anchor)],
    sites: [
      { url: 'https://shop.demo.example', seconds: siteSeconds('shop'), outages: [outage], certificateExpiry: anchor + 60 * day },
      { url: 'https://api.demo.example', seconds: siteSeconds('api'), outages: [], certificateExpiry: anchor + 18 * hour },
    ],
  };
}

function web(name: string, anchor: number, changes: Partial<Host>): Host {
  const activity = officeHours(name, 14, 0.5);
  return {
    name,
    cores: 2,
    memoryBytes: 16 * 2 ** 30,
    activity: (time) => activity(time) * (time >= anchor - 2 * day && time < anchor - 2 * day + hour ? 0.2 : 1),
    memory: (time) => 0.32 + 0.18 * activity(time - 900) + 0.01 * noise(seedOf(`${name} memory`), time, 600),
    filesystems: [rootFilesystem(name)],
    diskLatency: (time) => 0.002 + 0.002 * activity(time) + 0.0003 * noise(seedOf(`${name} disk`), time, 300),
    outages: [],
    ...changes,
  };
}

/** Its service leaks since a release forty hours ago; memory is exhausted some eight hours from the anchor. */
function leakingWeb(anchor: number): Host {
  const release = anchor - 40 * hour;
  const plain = web('demo-web-2', anchor, {});
  const leak = (time: number): number => (time < release ? 0 : (0.56 * (time - release)) / (48 * hour));
  return {
    ...plain,
    memory: (time) => Math.min(0.985, plain.memory(time) + leak(time)),
    service: { job: 'checkout', residentBytes: (time) => (0.09 + Math.min(0.64, leak(time))) * plain.memoryBytes },
  };
}

/** The volume of its data has been filling for forty-two hours and passes 97 % some six hours from the anchor. */
function database(anchor: number): Host {
  const name = 'demo-db-1';
  const begin = anchor - 42 * hour;
  const activity = officeHours(name, 13, 0.7);
  const growth = (time: number): number => (0.57 * Math.max(0, time - begin)) / (48 * hour);
  return {
    ...web(name, anchor, {}),
    memoryBytes: 64 * 2 ** 30,
    activity,
    memory: (time) => 0.62 + 0.05 * activity(time) + 0.005 * noise(seedOf(`${name} memory`), time, 900),
    filesystems: [
      rootFilesystem(name),
      {
        mountpoint: '/var/lib/postgresql',
        device: '/dev/sdb1',
        bytes: 500e9,
        used: (time) => Math.min(0.995, 0.4 + growth(time) + 0.0005 * noise(seedOf(`${name} data`), time, hour)),
      },
    ],
  };
}

/** Works at night; its disk has been six times as slow since 25 minutes before the anchor. */
function batch(anchor: number): Host {
  const name = 'demo-batch-1';
  const slow = { start: anchor - 25 * 60, end: anchor + 2 * hour };
  const plain = web(name, anchor, {});
  const activity = officeHours(name, 2, 0.9);
  return { ...plain, activity, diskLatency: (time) => plain.diskLatency(time) * (within([slow], time) ? 6 : 1) };
}

function rootFilesystem(name: string): Filesystem {
  const seed = seedOf(`${name} root`);
  // Written to all week, cleaned on Sunday.
  const used = (time: number): number => 0.38 + 0.06 * ((time / (7 * day)) % 1) + 0.003 * noise(seed, time, 2 * hour);
  return { mountpoint: '/', device: '/dev/sda1', bytes: 100e9, used };
}

function siteSeconds(name: string): (time: number) => number {
  const activity = officeHours(name, 14, 0.5);
  return (time) => 0.09 + 0.12 * activity(time) + 0.012 * noise(seedOf(`${name} seconds`), time, 60);
}

/** Activity with its peak at an hour of the day (UTC), less at weekends, with noise on three scales. In [0, 1]. */
function officeHours(name: string, peak: number, weekend: number): (time: number) => number {
  const seed = seedOf(name);
  return (time) => {
    const angle = (2 * Math.PI * (time - peak * hour)) / day;
    const daily = 0.5 + 0.42 * Math.cos(angle) + 0.08 * Math.cos(2 * angle);
    // 1970-01-01 was a Thursday: days 2 and 3 of the week that starts there are Saturday and Sunday.
    const weekday = Math.floor(time / day) % 7;
    const week = weekday === 2 || weekday === 3 ? weekend : 1;
    const wobble = 0.06 * noise(seed, time, 2 * hour) + 0.04 * noise(seed + 1, time, 600) + 0.03 * noise(seed + 2, time, 60);
    return Math.min(1, Math.max(0, 0.06 + 0.8 * daily * week + wobble));
  };
}
