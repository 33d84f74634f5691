import { defineCollector } from '../collector.ts';

/** Load averages of 1, 5 and 15 minutes, getloadavg(3). */
export const loadavg = defineCollector({
  name: 'loadavg',
  help: 'load averages',
  start: () => (host, sink) => {
    const [load1 = NaN, load5 = NaN, load15 = NaN] = host.system.loadAverages();
    sink.gauge('node_load1', 'Mean number of running and waiting threads, over one minute.').add(load1);
    sink.gauge('node_load5', 'Mean number of running and waiting threads, over five minutes.').add(load5);
    sink.gauge('node_load15', 'Mean number of running and waiting threads, over a quarter of an hour.').add(load15);
  },
});
