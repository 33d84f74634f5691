import type { Host } from '../host/host.ts';
import { defineCollector } from './collector.ts';

const MODES: Readonly<Record<string, number>> = { enforcing: 1, permissive: 0, disabled: -1 };

/** Whether SELinux is on, as configured and as it is now: 1 enforcing, 0 permissive, -1 disabled. */
export const selinux = defineCollector({
  name: 'selinux',
  help: 'SELinux status',
  start: () => (host, sink) => {
    const enforcing = host.sys.tryNumber('fs/selinux/enforce');
    sink.gauge('node_selinux_enabled', 'Whether SELinux is on.').add(enforcing === undefined ? 0 : 1);
    if (enforcing === undefined) return;
    sink.gauge('node_selinux_config_mode', 'SELinux mode at boot: 1 enforcing, 0 permissive, -1 disabled.').add(configuredMode(host));
    sink.gauge('node_selinux_current_mode', 'SELinux mode now: 1 enforcing, 0 permissive.').add(enforcing);
  },
});

function configuredMode(host: Host): number {
  return parseSelinuxMode(host.root.tryRead('etc/selinux/config') ?? '');
}

/** The mode that SELINUX= names in /etc/selinux/config; -1 where it names none. */
export function parseSelinuxMode(text: string): number {
  const match = /^\s*SELINUX\s*=\s*(\w+)/m.exec(text);
  return MODES[match?.[1].toLowerCase() ?? ''] ?? -1;
}
