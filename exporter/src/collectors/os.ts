import { labelText } from '@presage/service/exposition.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector, NoData } from './collector.ts';

/** The operating system, as os-release(5) tells it. */
export const os = defineCollector({
  name: 'os',
  help: 'the operating system',
  start: () => {
    let last = '';
    let release: Readonly<Record<string, string>> = {};
    return (host, sink) => {
      const text = host.root.tryRead('etc/os-release') ?? host.root.tryRead('usr/lib/os-release');
      if (text === undefined) throw new NoData('os-release: not found');
      if (text !== last) release = parseOsRelease(text);
      last = text;
      writeOsInfo(sink, release);
    };
  },
});

/** Shows an operating system by the fields of os-release(5), of which any may be missing. */
export function writeOsInfo(sink: Sink, release: Readonly<Record<string, string>>): void {
  const field = (name: string) => release[name] ?? '';
  const short = { id: field('ID'), id_like: field('ID_LIKE'), name: field('NAME') };
  const info = {
    build_id: field('BUILD_ID'),
    ...short,
    image_id: field('IMAGE_ID'),
    image_version: field('IMAGE_VERSION'),
    pretty_name: field('PRETTY_NAME'),
    variant: field('VARIANT'),
    variant_id: field('VARIANT_ID'),
    version: field('VERSION'),
    version_codename: field('VERSION_CODENAME'),
    version_id: field('VERSION_ID'),
  };
  sink.gauge('node_os_info', 'What the operating system is; always 1.').add(1, labelText(info));
  const version = /^\d+(?:\.\d+)?/.exec(field('VERSION_ID'));
  if (version !== null) sink.gauge('node_os_version', 'Major and minor version.').add(Number(version[0]), labelText(short));
  const end = Date.parse(field('SUPPORT_END'));
  if (!Number.isNaN(end)) sink.gauge('node_os_support_end_timestamp_seconds', 'Unix time at which support ends.').add(end / 1000);
}

/** The assignments of os-release(5), unquoted as a shell would. */
export function parseOsRelease(text: string): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Z0-9_]+)=(.*?)\s*$/.exec(line);
    if (match === null) continue;
    const [, name, value] = match;
    const quoted = /^(["'])(.*)\1$/.exec(value);
    const inner = quoted === null ? value : quoted[2];
    fields[name] = quoted?.[1] === "'" ? inner : inner.replaceAll(/\\([\\"'$`])/g, '$1');
  }
  return fields;
}
