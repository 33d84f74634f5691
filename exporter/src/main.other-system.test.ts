import { buildSync } from 'esbuild';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { installPrograms } from './testing/recorded-programs.ts';
import { readSystem } from './testing/recorded-system.ts';

// Inside the workspace, so that the built program finds its packages as an installed one does.
const built = mkdtempSync(fileURLToPath(new URL('../../node_modules/.presage-exporter-', import.meta.url)));
const programs = installPrograms(readSystem('macos-apple-silicon'));
const processes: ChildProcess[] = [];
afterAll(() => processes.forEach((each) => each.kill('SIGKILL')));
afterAll(() => [built, programs].forEach((folder) => rmSync(folder, { recursive: true })));

writeFileSync(`${built}/package.json`, '{"type":"module"}');
const source = (file: string) => fileURLToPath(new URL(file, import.meta.url));
buildSync({
  entryPoints: ['./main.ts', './sampler/sampler.worker.ts', './host/helper.worker.ts'].map(source),
  outdir: built,
  entryNames: '[name]',
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  packages: 'external',
  alias: { '@presage/service': source('../../service/src') },
  logLevel: 'warning',
});

/** In the environment, so that the sampling process believes it as well. */
const MACOS = `data:text/javascript,Object.defineProperty(process,'platform',{value:'darwin'})`;

describe.skipIf(process.platform === 'win32')('the program, told that it is on macOS', () => {
  it('samples in its own process what it then shows, and ends with all of it', async () => {
    const started = spawn(process.execPath, [`${built}/main.js`, '--web.listen-address=127.0.0.1:0'], {
      env: { ...process.env, PATH: `${programs}:${process.env['PATH'] ?? ''}`, NODE_OPTIONS: `--import="${MACOS}"` },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    processes.push(started);
    let log = '';
    started.stderr.on('data', (data: Buffer) => (log += data.toString()));
    const ended = new Promise((resolve) => void started.on('exit', resolve));
    await expect.poll(() => log, { timeout: 40_000 }).toMatch(/msg=listening address=http:/);
    const metrics = `${/address=(http:\S+?)\/? /.exec(log)?.[1] ?? ''}/metrics`;
    const text = () => fetch(metrics).then((answer) => answer.text());
    await expect.poll(text, { timeout: 40_000 }).toContain('node_power_supply_current_capacity{power_supply="InternalBattery-0"} 78\n');
    expect(await text()).toContain('node_scrape_collector_success{collector="powersupplyclass"} 1\n');
    expect(await text()).toContain('goos="darwin"');
    started.kill();
    expect(await ended).toBe(0);
  }, 100_000);
});
