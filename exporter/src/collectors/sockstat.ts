import { defineCollector } from './collector.ts';

/** Sockets in use by protocol (proc_net(5): sockstat, sockstat6). Memory is counted in pages, and given in bytes too. */
export const sockstat = defineCollector({
  name: 'sockstat',
  help: 'socket statistics',
  start: () => (host, sink) => {
    const write = (text: string) => {
      for (const { protocol, name, value } of parseSockstat(text)) {
        const family = `node_sockstat_${protocol}_${name}`;
        sink.gauge(family, `Sockets: ${name} of ${protocol}.`).add(value);
        if (name === 'mem') sink.gauge(`${family}_bytes`, `Sockets: memory of ${protocol} in bytes.`).add(value * host.pageBytes());
      }
    };
    write(host.proc.read('net/sockstat'));
    const six = host.proc.tryRead('net/sockstat6');
    if (six !== undefined) write(six);
  },
});

/** One number of a line such as `TCP: inuse 4 orphan 0`. */
export interface SocketCount {
  readonly protocol: string;
  readonly name: string;
  readonly value: number;
}

/** Every number of the file. Throws where a line is not a protocol with pairs of a name and a number. */
export function parseSockstat(text: string): SocketCount[] {
  const counts: SocketCount[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [head, ...pairs] = line.split(' ');
    if (!/^\w+:$/.test(head) || pairs.length % 2 !== 0)
      throw new Error(`sockstat: got ${JSON.stringify(line)}, want PROTOCOL: NAME NUMBER …`);
    for (let index = 0; index < pairs.length; index += 2) {
      const value = Number(pairs[index + 1]);
      if (Number.isNaN(value) || !/^\w+$/.test(pairs[index]))
        throw new Error(`sockstat: got ${JSON.stringify(line)}, want names and numbers`);
      counts.push({ protocol: head.slice(0, -1), name: pairs[index], value });
    }
  }
  return counts;
}
