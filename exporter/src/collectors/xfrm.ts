import { defineCollector } from './collector.ts';

/** The counters of /proc/net/xfrm_stat (kernel docs, networking/xfrm_proc.rst) that node_exporter knows. */
const NAMES =
  'XfrmInError XfrmInBufferError XfrmInHdrError XfrmInNoStates XfrmInStateProtoError XfrmInStateModeError XfrmInStateSeqError XfrmInStateExpired XfrmInStateMismatch XfrmInStateInvalid XfrmInTmplMismatch XfrmInNoPols XfrmInPolBlock XfrmInPolError XfrmOutError XfrmOutBundleGenError XfrmOutBundleCheckError XfrmOutNoStates XfrmOutStateProtoError XfrmOutStateModeError XfrmOutStateSeqError XfrmOutStateExpired XfrmOutPolBlock XfrmOutPolDead XfrmOutPolError XfrmFwdHdrError XfrmOutStateInvalid XfrmAcquireError'.split(
    ' ',
  );

const FAMILIES = new Map(NAMES.map((field) => [field, { name: familyName(field), help: `IPsec packets counted as ${field}.` }]));

/** Errors of IPsec packets. Zero where the kernel does not count one, as in node_exporter. */
export const xfrm = defineCollector({
  name: 'xfrm',
  help: 'IPsec packet errors',
  start: () => (host, sink) => {
    const counts = parseXfrm(host.proc.read('net/xfrm_stat'));
    for (const [field, { name, help }] of FAMILIES) sink.counter(name, help).add(counts.get(field) ?? 0);
  },
});

function familyName(field: string): string {
  const words = field.slice('Xfrm'.length).replaceAll(/(?!^)([A-Z])/g, '_$1');
  return `node_xfrm_${words.toLowerCase()}_packets_total`;
}

/** Counts by name. Throws where a line is not a name and a number. */
export function parseXfrm(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const match = /^(Xfrm\w+)\s+(\d+)\s*$/.exec(line);
    if (match === null) throw new Error(`xfrm_stat: got ${JSON.stringify(line)}, want NAME NUMBER`);
    counts.set(match[1], Number(match[2]));
  }
  return counts;
}
