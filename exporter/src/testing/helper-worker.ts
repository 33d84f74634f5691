import { buildSync } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The helper process's file, built into a temporary folder as the build does it. */
export function buildHelperWorker(): { readonly file: URL; readonly clear: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'presage-helper-'));
  const outfile = join(folder, 'helper.worker.mjs');
  const source = fileURLToPath(new URL('../host/helper.worker.ts', import.meta.url));
  buildSync({ entryPoints: [source], outfile, bundle: true, platform: 'node', target: 'node20.19', format: 'esm', logLevel: 'warning' });
  return { file: pathToFileURL(outfile), clear: () => rmSync(folder, { recursive: true, force: true }) };
}
