import { UsageError } from '@presage/service/command-line.ts';
import { createLogger } from '@presage/service/log.ts';
import { webListening } from '@presage/service/web.ts';
import { createApp } from './app.ts';
import { collectorsOn } from './collectors/platforms.ts';
import { openProbes, parseWithFile } from './configuration-file.ts';
import { collectorFlags, exporterFlags } from './flags.ts';
import manifest from '../package.json' with { type: 'json' };

const program = {
  name: 'presage-exporter',
  version: manifest.version,
  help: manifest.description,
  flags: { exporter: exporterFlags, collectors: collectorFlags(collectorsOn(process.platform)) },
};

try {
  await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const parsed = parseWithFile(program, process.argv.slice(2));
  if ('text' in parsed) return void process.stdout.write(parsed.text);
  const { exporter: values, collectors } = parsed.values;
  const log = createLogger({ level: values['log.level'], format: values['log.format'], write: (line) => process.stderr.write(line) });
  const { gc } = globalThis;
  const app = createApp({
    paths: {
      procfs: values['path.procfs'],
      sysfs: values['path.sysfs'],
      rootfs: values['path.rootfs'],
      udevData: values['path.udev.data'],
      zoneFile: process.env['TZ'] ? `/usr/share/zoneinfo/${process.env['TZ'].replace(/^:/, '')}` : '/etc/localtime',
    },
    web: webListening(values, {
      environment: process.env,
      processId: process.pid,
      bcryptWorker: new URL('./bcrypt.worker.js', import.meta.url),
    }),
    probes: openProbes(values, log),
    telemetryPath: values['web.telemetry-path'],
    maxRequests: values['web.max-requests'],
    exporterMetrics: !values['web.disable-exporter-metrics'],
    disableDefaults: values['collector.disable-defaults'],
    collectorTimeout: values['collector.timeout'],
    sampleInterval: values['collector.sample-interval'],
    samplerProcess: {
      worker: new URL('./sampler.worker.js', import.meta.url),
      endGroup: process.platform === 'win32' ? undefined : (id) => void process.kill(-id, 'SIGKILL'),
    },
    collectorValues: collectors,
    build: {
      version: manifest.version,
      revision: 'unknown',
      node: process.versions.node,
      platform: process.platform,
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    },
    ownUsage: () => {
      const { user, system } = process.cpuUsage();
      return { user: user / 1e6, system: system / 1e6, resident: process.memoryUsage.rss() };
    },
    collectGarbage: gc === undefined ? undefined : () => gc(),
    helperWorker: new URL('./helper.worker.js', import.meta.url),
    log,
  });
  const stop = () => void app.close().then(() => log.info('stopped'));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  await app.start();
}
