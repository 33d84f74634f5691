import { labelText } from '@presage/service/exposition.ts';
import { defineCollector } from './collector.ts';

/** Kernel and names of the host as uname(2) gives them, read from /proc/sys/kernel, whose files hold the same. */
export const uname = defineCollector({
  name: 'uname',
  help: 'the uname system call',
  start: (_values, _log) => {
    let machine: string | undefined;
    return (host, sink) => {
      const field = (name: string) => (host.proc.tryRead(`sys/kernel/${name}`) ?? '').trimEnd();
      machine ??= host.proc.tryRead('sys/kernel/arch')?.trimEnd() ?? host.machine;
      const labels = labelText({
        domainname: field('domainname'),
        machine,
        nodename: field('hostname'),
        release: field('osrelease'),
        sysname: field('ostype'),
        version: field('version'),
      });
      sink.gauge('node_uname_info', 'What uname says of the host; always 1.').add(1, labels);
    };
  },
});
