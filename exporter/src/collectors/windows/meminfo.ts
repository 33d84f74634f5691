import { countIn, fieldsOf } from '../../sampler/fields.ts';
import { defineCollector } from '../collector.ts';

/**
 * Memory under the names that it has on Linux, of those the ones that mean the same: what programs can have is what Linux calls
 * available, page files are swap.
 */
export const meminfo = defineCollector({
  name: 'meminfo',
  help: 'memory statistics',
  sources: ['mem'],
  start: () => (host, sink) => {
    const { total, free } = host.system.memory();
    sink.gauge('node_memory_MemTotal_bytes', 'Bytes of memory that the system can use.').add(total);
    sink.gauge('node_memory_MemAvailable_bytes', 'Bytes that programs can still have, without paging.').add(free);
    const swap = fieldsOf('mem', host.samples.latest('mem'));
    for (const { field, name, help } of SWAP) {
      const bytes = countIn(swap, field);
      if (bytes !== undefined) sink.gauge(`node_memory_${name}_bytes`, help).add(bytes);
    }
  },
});

const SWAP = [
  { field: 'swaptotal', name: 'SwapTotal', help: 'Bytes of the page files.' },
  { field: 'swapfree', name: 'SwapFree', help: 'Bytes free in the page files.' },
] as const;
