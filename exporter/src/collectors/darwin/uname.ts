import { labelText } from '@presage/service/exposition.ts';
import { defineCollector } from '../collector.ts';

/** Kernel and names of the host, uname(3). macOS has no NIS domain: what follows the first dot of the host's name takes its place. */
export const uname = defineCollector({
  name: 'uname',
  help: 'the uname system call',
  start: () => (host, sink) => {
    const { sysname, release, version, machine, nodename } = host.system.names();
    const dot = nodename.indexOf('.');
    const labels = labelText({
      domainname: dot < 0 ? '(none)' : nodename.slice(dot + 1),
      machine,
      nodename: dot < 0 ? nodename : nodename.slice(0, dot),
      release,
      sysname,
      version,
    });
    sink.gauge('node_uname_info', 'What uname says of the host; always 1.').add(1, labels);
  },
});
