import { labelText } from '@presage/service/exposition.ts';
import { defineCollector, NoData } from './collector.ts';

const NUMBERS = [
  ['bootstatus', 'node_watchdog_bootstatus', 'Status of the watchdog at boot.'],
  ['fw_version', 'node_watchdog_fw_version', "Version of the watchdog's firmware."],
  ['nowayout', 'node_watchdog_nowayout', 'Whether the watchdog can no longer be stopped.'],
  ['timeleft', 'node_watchdog_timeleft_seconds', 'Seconds until the watchdog resets the host.'],
  ['timeout', 'node_watchdog_timeout_seconds', 'Seconds without a sign of life until the reset.'],
  ['pretimeout', 'node_watchdog_pretimeout_seconds', 'Seconds before the reset at which the watchdog warns.'],
  ['access_cs0', 'node_watchdog_access_cs0', 'Whether the host was started from its second flash.'],
] as const;

const TEXTS = ['options', 'identity', 'state', 'status', 'pretimeout_governor'] as const;

/** Hardware and software watchdogs (kernel docs, ABI/testing/sysfs-class-watchdog). */
export const watchdog = defineCollector({
  name: 'watchdog',
  help: 'watchdogs',
  start: () => (host, sink) => {
    const watchdogs = host.sys.list('class/watchdog');
    if (watchdogs.length === 0 && !host.sys.exists('class/watchdog')) throw new NoData('class/watchdog: not found');
    for (const name of watchdogs) {
      const files = new Set(host.sys.list(`class/watchdog/${name}`));
      const labels = labelText({ name });
      for (const [file, family, help] of NUMBERS) {
        const value = files.has(file) ? host.sys.tryNumber(`class/watchdog/${name}/${file}`) : undefined;
        if (value !== undefined) sink.gauge(family, help).add(value, labels);
      }
      const text = (file: string) => (files.has(file) ? (host.sys.tryRead(`class/watchdog/${name}/${file}`) ?? '').trim() : '');
      const info = Object.fromEntries(TEXTS.map((file) => [file, text(file)]));
      sink.gauge('node_watchdog_info', 'What the watchdog is; always 1.').add(1, labelText({ name, ...info }));
    }
  },
});
