import { silentLogger } from '@presage/service/log.ts';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHelper, type Helper } from '../host/helper.ts';
import { createRunner } from '../scrape/runner.ts';
import type { Exposition } from '../scrape/exposition.ts';
import { readExposition } from '../testing/exposition-lines.ts';
import { hostOver, startWith } from '../testing/fixture-host.ts';
import { buildHelperWorker } from '../testing/helper-worker.ts';

const worker = buildHelperWorker();
afterAll(worker.clear);

let folder = '';
let helper: Helper;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'presage-textfile-'));
  helper = createHelper(worker.file);
});
afterEach(() => {
  helper.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A scrape of the folder in at most three seconds. */
async function scrape(): Promise<Exposition> {
  const flags = ['--collector.disable-defaults', '--collector.textfile', `--collector.textfile.directory=${folder}`];
  return await createRunner(hostOver(folder, helper), startWith(flags), silentLogger).scrape(3);
}

const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
const good = '# HELP backup_seconds Last run.\n# TYPE backup_seconds gauge\nbackup_seconds{job="a"} 12\n';

describe('a folder of text files', () => {
  it.each([
    ['breaks the format', 'this is { not a metric\n'],
    ['is cut', 'x{a="1'],
    ['is binary', '\u0000\u0001\uFFFD'],
    ['has a value that is no number', 'x{a="1"} many\n'],
  ])('is served without the one file that %s', async (_, text) => {
    put('broken.prom', text);
    put('good.prom', good);
    const { text: exposition } = await scrape();
    expect(exposition).toContain('backup_seconds{job="a"} 12\n');
    expect(exposition).toContain('node_textfile_scrape_error 1\n');
    expect(exposition).toContain('node_scrape_collector_success{collector="textfile"} 1\n');
    expect(readExposition(exposition).filter(({ name }) => name === 'x')).toEqual([]);
  });

  it('keeps the first of two files with the same series, and what only the second has', async () => {
    put('1.prom', good);
    put('2.prom', '# HELP backup_seconds Last run.\n# TYPE backup_seconds gauge\nbackup_seconds{job="a"} 99\nbackup_seconds{job="b"} 7\n');
    const { text, duplicates } = await scrape();
    expect(text.match(/^backup_seconds\{.*$/gm)).toEqual(['backup_seconds{job="a"} 12', 'backup_seconds{job="b"} 7']);
    expect(duplicates).toBe(1);
    readExposition(text);
  });

  it('is served before the deadline though one file is a FIFO, and the helper process that waits for it is gone after', async () => {
    put('good.prom', good);
    execFileSync('mkfifo', [join(folder, 'hangs.prom')]);
    const begun = performance.now();
    const { text } = await scrape();
    expect(performance.now() - begun).toBeLessThan(3000);
    expect(text).toContain('backup_seconds{job="a"} 12\n');
    expect(text).toContain('node_textfile_scrape_error 1\n');
    await expect.poll(() => helper.processes.length).toBe(0);
    const again = performance.now();
    expect((await scrape()).text).toContain('backup_seconds{job="a"} 12\n');
    expect(performance.now() - again).toBeLessThan(2000);
  });
});
