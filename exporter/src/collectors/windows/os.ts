import { defineCollector } from '../collector.ts';
import { writeOsInfo } from '../os.ts';

/** The operating system: its edition (`Windows 11 Pro`) and version (`10.0.22631`). */
export const os = defineCollector({
  name: 'os',
  help: 'the operating system',
  start: () => (host, sink) => {
    const { release, version } = host.system.names();
    writeOsInfo(sink, {
      BUILD_ID: release.split('.').at(-1) ?? '',
      ID: 'windows',
      NAME: 'Windows',
      PRETTY_NAME: version,
      VERSION: release,
      VERSION_ID: release,
    });
  },
});
