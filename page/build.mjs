// Bundles the page into one folder: a script and a style sheet with the hash of their content in their names, the page that loads
// them, and each of it compressed beforehand.
import { build } from 'esbuild';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const source = fileURLToPath(new URL('src/', import.meta.url));

/** Builds into `folder`, which is made anew. */
export async function buildPage(folder) {
  rmSync(folder, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: [`${source}main.tsx`],
    outdir: folder,
    entryNames: 'presage-[hash]',
    bundle: true,
    minify: true,
    metafile: true,
    platform: 'browser',
    target: ['es2022', 'chrome111', 'firefox115', 'safari16.4'],
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'warning',
  });
  const names = Object.keys(metafile.outputs).map((file) => basename(file));
  const named = (suffix) => names.find((name) => name.endsWith(suffix));
  const page = readFileSync(`${source}index.html`, 'utf8')
    .replace('SCRIPT', `page/${named('.js')}`)
    .replace('STYLE', `page/${named('.css')}`);
  writeFileSync(`${folder}index.html`, page);
  writeFileSync(`${folder}icon.svg`, readFileSync(`${source}icon.svg`));
  for (const name of [...names, 'index.html', 'icon.svg']) {
    const content = readFileSync(`${folder}${name}`);
    writeFileSync(`${folder}${name}.gz`, gzipSync(content, { level: 9 }));
    writeFileSync(`${folder}${name}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  }
}
