import type { Collector } from './collector.ts';
import { cpu } from './cpu.ts';
import { diskstats } from './diskstats.ts';
import { filefd } from './filefd.ts';
import { filesystem } from './filesystem.ts';
import { loadavg } from './loadavg.ts';
import { meminfo } from './meminfo.ts';
import { netdev } from './netdev.ts';
import { pressure } from './pressure.ts';
import { stat } from './stat.ts';
import { time } from './time.ts';
import { uname } from './uname.ts';
import { vmstat } from './vmstat.ts';

/** A collector and whether it runs without being asked for. */
export interface ListedCollector {
  readonly collector: Collector;
  readonly on: boolean;
}

/** Every collector, by name. What stands here gets its flags, its place in --help and the laws of collectors.laws.test.ts. */
export const collectors: readonly ListedCollector[] = [
  { collector: cpu, on: true },
  { collector: diskstats, on: true },
  { collector: filefd, on: true },
  { collector: filesystem, on: true },
  { collector: loadavg, on: true },
  { collector: meminfo, on: true },
  { collector: netdev, on: true },
  { collector: pressure, on: true },
  { collector: stat, on: true },
  { collector: time, on: true },
  { collector: uname, on: true },
  { collector: vmstat, on: true },
];
