import { silentLogger } from '@presage/service/log.ts';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRunner } from '../scrape/runner.ts';
import { hostOver, startOne } from '../testing/fixture-host.ts';
import { buildHelperWorker } from '../testing/helper-worker.ts';
import { createHelper, HelperTimeout, type Helper } from './helper.ts';

const worker = buildHelperWorker();
afterAll(worker.clear);

let folder = '';
let helper: Helper;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'presage-hang-'));
  helper = createHelper(worker.file);
});
afterEach(async () => {
  helper.close();
  await ended(helper);
  rmSync(folder, { recursive: true, force: true });
});

async function ended(of: Helper): Promise<void> {
  await expect.poll(() => of.processes.length).toBe(0);
}

describe('the helper process', () => {
  it('is forked at the first use and answers', async () => {
    expect(helper.processes).toHaveLength(0);
    writeFileSync(join(folder, 'a.prom'), 'x 1\n');
    expect(await helper.list(folder, 5)).toEqual(['a.prom']);
    expect(await helper.read(join(folder, 'a.prom'), 5)).toMatchObject({ text: 'x 1\n' });
    expect((await helper.statfs(folder, 5)).blocks).toBeGreaterThan(0);
    expect(helper.processes).toHaveLength(1);
  });

  it('hands on the system’s errors and refuses large files', async () => {
    await expect(helper.statfs(join(folder, 'none'), 5)).rejects.toThrow(/ENOENT/);
    writeFileSync(join(folder, 'large'), 'x'.repeat(100));
    await expect(helper.read(join(folder, 'large'), 5, 10)).rejects.toThrow(/got 100 bytes, want at most 10/);
  });

  it('gives up a FIFO at its time, kills the process, and serves everything else meanwhile and after', async () => {
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    writeFileSync(join(folder, 'good'), 'good');
    const hanging = helper.read(fifo, 0.3);
    expect(await helper.read(join(folder, 'good'), 5)).toMatchObject({ text: 'good' });
    const [pid] = helper.processes;
    await expect(hanging).rejects.toThrow(HelperTimeout);
    await expect.poll(() => existsSync(`/proc/${pid}/fd/0`)).toBe(false);
    expect(await helper.read(join(folder, 'good'), 5)).toMatchObject({ text: 'good' });
    const begun = performance.now();
    await expect(helper.read(fifo, 5)).rejects.toThrow(/hung before/);
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});

// A FUSE file system whose server never answers: statfs(2) on it blocks until its process is killed.
const cannotMount = process.getuid?.() !== 0 || !existsSync('/dev/fuse') ? 'needs root and /dev/fuse' : '';
if (cannotMount !== '') console.log(`skipped: the scrape with a hung mount ${cannotMount}`);

describe.skipIf(cannotMount !== '')('a scrape with a hung FUSE mount', () => {
  let server: ChildProcess | undefined;
  const mountPoint = () => join(folder, 'root/mnt/hung');
  beforeEach(async () => {
    mkdirSync(mountPoint(), { recursive: true });
    mkdirSync(join(folder, 'proc/1'), { recursive: true });
    writeFileSync(
      join(folder, 'proc/1/mountinfo'),
      '21 0 8:1 / / rw - ext4 /dev/sda1 rw\n25 21 0:40 / /mnt/hung rw - fuse.sshfs host: rw\n',
    );
    const mount = `exec 7<>/dev/fuse; mount -i -t fuse -o fd=7,rootmode=40000,user_id=0,group_id=0 hung "$0" && echo up && exec sleep 60`;
    server = spawn('bash', ['-c', mount, mountPoint()], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => server?.stdout?.once('data', resolve));
  });
  afterEach(() => {
    server?.kill('SIGKILL');
    execFileSync('umount', ['-l', mountPoint()]);
  });

  it('ends before its deadline with a device error, and leaves no process that hangs', async () => {
    const host = hostOver(folder, helper);
    const runner = createRunner(host, [startOne('filesystem')], silentLogger);
    // Past its deadline the collector would be given up, with success 0.
    const first = await runner.scrape(10);
    expect(first.text).toContain('node_scrape_collector_success{collector="filesystem"} 1');
    expect(first.text).toMatch(/^node_filesystem_device_error\{.*mountpoint="\/mnt\/hung".*device_error="mountpoint timeout"\} 1$/m);
    expect(first.text).toMatch(/^node_filesystem_size_bytes\{.*mountpoint="\/".*\} 4096000$/m);
    await ended(helper);
    // Known to hang by now: told again.
    const again = await runner.scrape(10);
    expect(again.text).toMatch(/^node_filesystem_device_error\{.*mountpoint="\/mnt\/hung".*\} 1$/m);
  }, 60_000);
});
