import { defineCollector } from './collector.ts';

/** Open files of the whole host and their limit (proc(5), /proc/sys/fs/file-nr). */
export const filefd = defineCollector({
  name: 'filefd',
  help: 'file descriptor statistics',
  start: () => (host, sink) => {
    const { allocated, maximum } = parseFileNr(host.proc.read('sys/fs/file-nr'));
    sink.gauge('node_filefd_allocated', 'File handles in use on the whole host.').add(allocated);
    sink.gauge('node_filefd_maximum', 'File handles that the host allows.').add(maximum);
  },
});

/** The first and third number; the second is always 0 since Linux 2.6. Throws where they are missing. */
export function parseFileNr(text: string): { readonly allocated: number; readonly maximum: number } {
  const match = /^(\d+)\s+\d+\s+(\d+)\s*$/.exec(text);
  if (match === null) throw new Error(`file-nr: got ${JSON.stringify(text.slice(0, 60))}, want three numbers`);
  return { allocated: Number(match[1]), maximum: Number(match[2]) };
}
