import { labelText } from '@presage/service/exposition.ts';
import { defineCollector, NoData } from './collector.ts';

const FOLDER = 'devices/system/cpu/vulnerabilities';

/** Weaknesses of the CPU and what the kernel does about each (kernel docs, admin-guide/hw-vuln). */
export const cpuVulnerabilities = defineCollector({
  name: 'cpu_vulnerabilities',
  help: 'CPU vulnerabilities and their mitigations',
  start: () => (host, sink) => {
    const names = host.sys.list(FOLDER);
    if (names.length === 0) throw new NoData(`cpu_vulnerabilities: nothing in ${FOLDER}`);
    const info = sink.gauge(
      'node_cpu_vulnerabilities_info',
      '1 for the state of the vulnerability, with its mitigation as the kernel words it.',
    );
    for (const codename of names) {
      const { state, mitigation } = parseVulnerability(host.sys.read(`${FOLDER}/${codename}`));
      info.add(1, labelText({ codename, state, mitigation }));
    }
  },
});

/** What the kernel says of one weakness; `mitigation` is its text after the state's word. */
export interface Vulnerability {
  readonly state: 'not affected' | 'vulnerable' | 'mitigation' | 'unknown';
  readonly mitigation: string;
}

/** Reads `Not affected`, `Vulnerable[: …]` or `Mitigation: …`, each also after `KVM: ` or `Processor `; else the state is unknown. */
export function parseVulnerability(text: string): Vulnerability {
  const match = /^(?:KVM: |Processor )?(not affected|vulnerable|mitigation)(?:[:; ]+(.*))?$/is.exec(text.trim());
  if (match === null) return { state: 'unknown', mitigation: text.trim() };
  const word = match[1].toLowerCase();
  const mitigation = match[2] ?? '';
  if (word === 'not affected') return { state: 'not affected', mitigation };
  return { state: word === 'vulnerable' ? 'vulnerable' : 'mitigation', mitigation };
}
