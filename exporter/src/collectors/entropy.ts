import { defineCollector } from './collector.ts';

/** The kernel's random pool (random(4)). */
export const entropy = defineCollector({
  name: 'entropy',
  help: 'available entropy',
  start: () => (host, sink) => {
    const available = Number(host.proc.read('sys/kernel/random/entropy_avail'));
    const size = Number(host.proc.read('sys/kernel/random/poolsize'));
    sink.gauge('node_entropy_available_bits', "Entropy that the kernel's pool holds, in bits.").add(available);
    sink.gauge('node_entropy_pool_size_bits', "Entropy that the kernel's pool can hold, in bits.").add(size);
  },
});
