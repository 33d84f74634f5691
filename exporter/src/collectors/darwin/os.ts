import { defineCollector, NoData } from '../collector.ts';
import { writeOsInfo } from '../os.ts';

const PLIST = 'System/Library/CoreServices/SystemVersion.plist';

/** The operating system, from the property list that sw_vers(1) reads. */
export const os = defineCollector({
  name: 'os',
  help: 'the operating system',
  start: () => (host, sink) => {
    const text = host.root.tryRead(PLIST);
    if (text === undefined) throw new NoData('SystemVersion.plist: not found');
    const field = parsePlist(text);
    const version = field('ProductVersion');
    writeOsInfo(sink, { NAME: field('ProductName'), VERSION: version, VERSION_ID: version, BUILD_ID: field('ProductBuildVersion') });
  },
});

/** The texts of a property list in XML by their keys; empty where a key is missing. */
export function parsePlist(text: string): (key: string) => string {
  const fields = new Map([...text.matchAll(/<key>([^<]*)<\/key>\s*<string>([^<]*)<\/string>/g)].map(([, key, value]) => [key, value]));
  return (key) => fields.get(key) ?? '';
}
