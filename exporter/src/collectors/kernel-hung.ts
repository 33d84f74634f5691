import { defineCollector } from './collector.ts';

/** Tasks that the kernel found hanging (kernel docs, admin-guide/sysctl/kernel.rst); kernels before 6.13 do not count them. */
export const kernelHung = defineCollector({
  name: 'kernel_hung',
  help: 'tasks found hanging by the kernel',
  start: () => (host, sink) => {
    const count = Number(host.proc.read('sys/kernel/hung_task_detect_count'));
    sink.counter('node_kernel_hung_tasks_total', 'Tasks that the kernel has found hanging since boot.').add(count);
  },
});
