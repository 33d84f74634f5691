import type { Collector } from './collector.ts';
import { arp } from './arp.ts';
import { bcache } from './bcache.ts';
import { bcachefs } from './bcachefs.ts';
import { bonding } from './bonding.ts';
import { btrfs } from './btrfs.ts';
import { buddyinfo } from './buddyinfo.ts';
import { cgroups } from './cgroups.ts';
import { conntrack } from './conntrack.ts';
import { cpu } from './cpu.ts';
import { cpuVulnerabilities } from './cpu-vulnerabilities.ts';
import { cpufreq } from './cpufreq.ts';
import { diskstats } from './diskstats.ts';
import { dmi } from './dmi.ts';
import { dmmultipath } from './dmmultipath.ts';
import { drbd } from './drbd.ts';
import { edac } from './edac.ts';
import { entropy } from './entropy.ts';
import { fibrechannel } from './fibrechannel.ts';
import { filefd } from './filefd.ts';
import { filesystem } from './filesystem.ts';
import { hwmon } from './hwmon.ts';
import { infiniband } from './infiniband.ts';
import { interrupts } from './interrupts.ts';
import { ipvs } from './ipvs.ts';
import { kernelHung } from './kernel-hung.ts';
import { ksmd } from './ksmd.ts';
import { lnstat } from './lnstat.ts';
import { loadavg } from './loadavg.ts';
import { mdadm } from './mdadm.ts';
import { meminfo } from './meminfo.ts';
import { meminfoNuma } from './meminfo-numa.ts';
import { mountstats } from './mountstats.ts';
import { netdev } from './netdev.ts';
import { pressure } from './pressure.ts';
import { processes } from './processes.ts';
import { softirqs } from './softirqs.ts';
import { stat } from './stat.ts';
import { systemd } from './systemd.ts';
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
  { collector: arp, on: true },
  { collector: bcache, on: true },
  { collector: bcachefs, on: true },
  { collector: bonding, on: true },
  { collector: btrfs, on: true },
  { collector: buddyinfo, on: false },
  { collector: cgroups, on: false },
  { collector: conntrack, on: true },
  { collector: cpu, on: true },
  { collector: cpuVulnerabilities, on: false },
  { collector: cpufreq, on: true },
  { collector: diskstats, on: true },
  { collector: dmi, on: true },
  { collector: dmmultipath, on: true },
  { collector: drbd, on: false },
  { collector: edac, on: true },
  { collector: entropy, on: true },
  { collector: fibrechannel, on: true },
  { collector: filefd, on: true },
  { collector: filesystem, on: true },
  { collector: hwmon, on: true },
  { collector: infiniband, on: true },
  { collector: interrupts, on: false },
  { collector: ipvs, on: true },
  { collector: kernelHung, on: true },
  { collector: ksmd, on: false },
  { collector: lnstat, on: false },
  { collector: loadavg, on: true },
  { collector: mdadm, on: true },
  { collector: meminfo, on: true },
  { collector: meminfoNuma, on: false },
  { collector: mountstats, on: false },
  { collector: netdev, on: true },
  { collector: pressure, on: true },
  { collector: processes, on: false },
  { collector: softirqs, on: false },
  { collector: stat, on: true },
  { collector: systemd, on: false },
  { collector: time, on: true },
  { collector: uname, on: true },
  { collector: vmstat, on: true },
];
