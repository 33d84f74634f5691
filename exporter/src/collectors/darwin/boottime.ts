import { defineCollector } from '../collector.ts';

/** Seconds by which the clock less the uptime may differ from scrape to scrape, as both are rounded. */
const JITTER = 2;

/** When the machine began: its clock less its uptime, held while it moves by no more than rounding does. */
export const boottime = defineCollector({
  name: 'boottime',
  help: 'the time at which the machine was started',
  start: () => {
    let held = NaN;
    return (host, sink) => {
      const begun = Math.round(host.now() - host.system.uptime());
      if (!(Math.abs(begun - held) < JITTER)) held = begun;
      sink.gauge('node_boot_time_seconds', 'Unix time at which the machine was started.').add(held);
    };
  },
});
