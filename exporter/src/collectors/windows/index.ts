import { boottime } from '../darwin/boottime.ts';
import { uname } from '../darwin/uname.ts';
import type { ListedCollector } from '../index.ts';
import { textfile } from '../textfile.ts';
import { time } from '../time.ts';
import { cpu } from './cpu.ts';
import { diskstats } from './diskstats.ts';
import { filesystem } from './filesystem.ts';
import { meminfo } from './meminfo.ts';
import { netclass } from './netclass.ts';
import { netdev } from './netdev.ts';
import { os } from './os.ts';
import { powersupplyclass } from './powersupplyclass.ts';

/** The collectors of Windows by name, as collectors/index.ts lists those of Linux. */
export const windowsCollectors: readonly ListedCollector[] = [
  boottime,
  cpu,
  diskstats,
  filesystem,
  meminfo,
  netclass,
  netdev,
  os,
  powersupplyclass,
  textfile,
  time,
  uname,
].map((collector) => ({ collector, on: true }));
