import { defineCollector } from './collector.ts';

/** Load averages of 1, 5 and 15 minutes (proc(5), /proc/loadavg). */
export const loadavg = defineCollector({
  name: 'loadavg',
  help: 'load averages',
  start: () => (host, sink) => {
    const [load1, load5, load15] = parseLoadavg(host.proc.read('loadavg'));
    sink.gauge('node_load1', 'Mean number of running and waiting tasks, over one minute.').add(load1);
    sink.gauge('node_load5', 'Mean number of running and waiting tasks, over five minutes.').add(load5);
    sink.gauge('node_load15', 'Mean number of running and waiting tasks, over a quarter of an hour.').add(load15);
  },
});

/** The three averages at the head of the line. Throws where they are not three numbers. */
export function parseLoadavg(text: string): readonly [number, number, number] {
  const match = /^([\d.]+) ([\d.]+) ([\d.]+) /.exec(text);
  if (match === null) throw new Error(`loadavg: got ${JSON.stringify(text.slice(0, 60))}, want three averages`);
  return [Number(match[1]), Number(match[2]), Number(match[3])];
}
