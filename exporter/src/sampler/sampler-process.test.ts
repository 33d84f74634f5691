import { silentLogger } from '@presage/service/log.ts';
import { buildSync } from 'esbuild';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createRunner } from '../scrape/runner.ts';
import { startWith } from '../testing/fixture-host.ts';
import { hostOf, readSystem } from '../testing/recorded-system.ts';
import { createSampler } from './sampler.ts';
import { createSamplerProcess, type SamplerProcess } from './sampler-process.ts';

// Inside the workspace, so that the built worker finds the library as an installed one does.
const folder = mkdtempSync(fileURLToPath(new URL('../../../node_modules/.presage-sampler-', import.meta.url)));
const file = (name: string) => pathToFileURL(join(folder, name));
buildSync({
  entryPoints: [fileURLToPath(new URL('./sampler.worker.ts', import.meta.url))],
  outfile: join(folder, 'sampler.mjs'),
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  external: ['systeminformation'],
  logLevel: 'warning',
});
const grandchild = join(folder, 'grandchild');
/** Starts a program that does not end, says which, and never answers: its event loop stands still, as while execSync waits. */
writeFileSync(
  join(folder, 'hanging.mjs'),
  `import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
process.on('message', () => {
  writeFileSync(${JSON.stringify(grandchild)}, String(spawn('sleep', ['1000'], { stdio: 'ignore' }).pid));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
`,
);
writeFileSync(join(folder, 'ending.mjs'), `process.on('message', () => process.exit(3));`);
afterAll(() => rmSync(folder, { recursive: true }));

const processes: SamplerProcess[] = [];
afterEach(() => processes.splice(0).forEach((each) => each.close()));
const started = (worker: string) => {
  const made = createSamplerProcess({ worker: file(worker), endGroup: (id) => void process.kill(-id, 'SIGKILL') });
  processes.push(made);
  return made;
};
/** A killed process that nobody has waited for yet counts as dead. */
const isAlive = (id: number) => existsSync(`/proc/${id}/stat`) && !/\) Z /.test(readFileSync(`/proc/${id}/stat`, 'utf8'));

describe('the sampling process', { timeout: 100_000 }, () => {
  it('is not there before the first question', () => expect(started('sampler.mjs').processId).toBeUndefined());

  it("answers with the library's result, many times from the same process", async () => {
    const sampler = started('sampler.mjs');
    expect(await sampler.ask('mem', 60)).toMatchObject({ total: expect.any(Number), swaptotal: expect.any(Number) });
    const first = sampler.processId;
    expect(await sampler.ask('battery', 60)).toMatchObject({ hasBattery: expect.any(Boolean) });
    expect(sampler.processId).toBe(first);
  });

  it('says what failed and lives on', async () => {
    const sampler = started('sampler.mjs');
    await expect(sampler.ask('physicalDisk', 60)).rejects.toThrow(/powershell\.exe: .*ENOENT/);
    expect(await sampler.ask('mem', 60)).toMatchObject({ total: expect.any(Number) });
  });

  it('gives up on what hangs, and asks a new process next', async () => {
    const sampler = started('hanging.mjs');
    await expect(sampler.ask('mem', 0.1)).rejects.toThrow('mem: no answer within 0.1 s');
    expect(sampler.processId).toBeUndefined();
    const question = sampler.ask('mem', 0.1);
    expect(sampler.processId).toBeTypeOf('number');
    await expect(question).rejects.toThrow('no answer');
  });

  it.skipIf(!existsSync('/proc/self/stat'))('is killed with all that it started', async () => {
    const sampler = started('hanging.mjs');
    rmSync(grandchild, { force: true });
    const question = sampler.ask('mem', 60);
    const hanging = sampler.processId ?? 0;
    await expect.poll(() => existsSync(grandchild) && readFileSync(grandchild, 'utf8') !== '', { timeout: 40_000 }).toBe(true);
    sampler.close();
    await expect(question).rejects.toThrow('closed');
    const program = Number(readFileSync(grandchild, 'utf8'));
    await expect.poll(() => isAlive(hanging) || isAlive(program), { timeout: 40_000 }).toBe(false);
  });

  it('fails where it ends in the middle', async () => {
    await expect(started('ending.mjs').ask('mem', 60)).rejects.toThrow('the sampling process ended');
  });
});

describe('a scrape beside a sampling process that hangs', () => {
  it('is answered at once, without what is sampled', async () => {
    const hanging = started('hanging.mjs');
    const sampler = createSampler({
      ask: (source, timeout) => hanging.ask(source, timeout),
      interval: 15,
      now: () => performance.now() / 1000,
      log: silentLogger,
    });
    sampler.start(['mem', 'vm_stat']);
    const { host, clear } = hostOf(readSystem('macos-intel'));
    const words = ['--collector.disable-defaults', '--collector.cpu', '--collector.meminfo'];
    const { text } = await createRunner({ ...host, samples: sampler }, startWith(words, 'darwin'), silentLogger).scrape(60);
    sampler.close();
    clear();
    expect(text).toContain('node_scrape_collector_success{collector="cpu"} 1\n');
    expect(text).toContain('node_scrape_collector_success{collector="meminfo"} 0\n');
    expect(text).toContain('node_memory_total_bytes 8589934592\n');
    expect(text).not.toContain('node_memory_wired_bytes');
  });
});
