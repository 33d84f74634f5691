import { silentLogger } from '@presage/service/log.ts';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHelper } from './host/helper.ts';
import { closeHost, createHost } from './host/host.ts';
import { createRunner } from './scrape/runner.ts';
import { readExposition } from './testing/exposition-lines.ts';
import { startWith } from './testing/fixture-host.ts';
import { buildHelperWorker } from './testing/helper-worker.ts';

const program = '/usr/bin/prometheus-node-exporter';
const absent = existsSync(program) ? '' : `no ${program}`;
if (absent !== '') console.log(`skipped: the comparison with a running node_exporter: ${absent}`);

/** Off by default in both, and safe to read on any host. */
const ALSO = 'processes interrupts buddyinfo cgroups ksmd lnstat meminfo_numa mountstats slabinfo zoneinfo sysctl tcpstat'.split(' ');

interface Shape {
  readonly type: string;
  readonly labels: string;
}

/** Type and label names of each family of the host, without those about the exporter itself. */
function shapes(text: string): Map<string, Shape> {
  const families = readExposition(text).filter(({ name }) => name.startsWith('node_') && name !== 'node_exporter_build_info');
  return new Map(
    families.map(({ name, type, samples }) => {
      const names = new Set(samples.flatMap((sample) => [...sample.labels.keys()]));
      return [
        name,
        {
          type,
          labels: [...names]
            .filter((label) => !isNewer(name, label))
            .sort()
            .join(),
        },
      ];
    }),
  );
}

/** Labels that node_exporter has had since 1.5, which Debian 12 brings. */
function isNewer(family: string, label: string): boolean {
  return differences.has(`label ${family} ${label}`) || (family.startsWith('node_filesystem_') && label === 'device_error');
}

const differences = new Set(readFileSync(new URL('../testdata/golden-1.5-differences.txt', import.meta.url), 'utf8').split('\n'));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

describe.skipIf(absent !== '')('beside a running node_exporter', () => {
  let other: ChildProcess;
  let url = '';
  const worker = buildHelperWorker();
  beforeAll(async () => {
    const port = await freePort();
    const flags = ALSO.map((name) => `--collector.${name}`);
    other = spawn(program, [`--web.listen-address=127.0.0.1:${port}`, ...flags], { stdio: 'ignore' });
    url = `http://127.0.0.1:${port}/metrics`;
  });
  afterAll(() => {
    other.kill();
    worker.clear();
  });

  it('shows every family of this host with the same type and the same labels', async () => {
    const get = () => fetch(url).then((answer) => answer.text());
    await expect.poll(() => get().catch(() => '')).toContain('node_load1');
    const theirs = shapes(await get());
    const paths = { procfs: '/proc', sysfs: '/sys', rootfs: '/', udevData: '/run/udev/data', zoneFile: '/etc/localtime' };
    const host = createHost(paths, createHelper(worker.file));
    const started = startWith(ALSO.map((name) => `--collector.${name}`));
    const ours = shapes((await createRunner(host, started, silentLogger).scrape(8)).text);
    closeHost(host);
    expect(theirs.size).toBeGreaterThan(200);
    const faults = [...theirs].flatMap(([name, shape]) => {
      const own = ours.get(name);
      return own?.type === shape.type && own.labels === shape.labels ? [] : [{ name, want: shape, got: own }];
    });
    expect(faults).toEqual([]);
  });
});
