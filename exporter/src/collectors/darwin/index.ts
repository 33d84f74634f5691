import type { ListedCollector } from '../index.ts';
import { textfile } from '../textfile.ts';
import { time } from '../time.ts';
import { boottime } from './boottime.ts';
import { cpu } from './cpu.ts';
import { diskstats } from './diskstats.ts';
import { filesystem } from './filesystem.ts';
import { loadavg } from './loadavg.ts';
import { meminfo } from './meminfo.ts';
import { netdev } from './netdev.ts';
import { os } from './os.ts';
import { powersupplyclass } from './powersupplyclass.ts';
import { thermal } from './thermal.ts';
import { uname } from './uname.ts';

/** The collectors of macOS by name, as collectors/index.ts lists those of Linux. */
export const darwinCollectors: readonly ListedCollector[] = [
  boottime,
  cpu,
  diskstats,
  filesystem,
  loadavg,
  meminfo,
  netdev,
  os,
  powersupplyclass,
  textfile,
  thermal,
  time,
  uname,
].map((collector) => ({ collector, on: true }));
