// Compiles the AssemblyScript kernels: `import { wasm } from './kernel.wasm'` stands for `kernel.as.ts` beside it. A plug-in for esbuild
// and one for vitest, so that no compiled code is committed and none has to be built before a test.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, 'node_modules/.cache/presage-wasm');
const options = [
  '-O3',
  '--converge',
  '--runtime',
  'stub',
  '--noAssert',
  '--use',
  'abort=',
  '--enable',
  'simd',
  '--disableWarning',
  '112,201',
];

/** For esbuild. */
export const wasmForEsbuild = {
  name: 'wasm',
  setup(build) {
    build.onResolve({ filter: /^\.{1,2}\/.*\.wasm$/ }, ({ path, resolveDir }) => ({ path: resolve(resolveDir, path), namespace: 'wasm' }));
    build.onLoad({ filter: /.*/, namespace: 'wasm' }, async ({ path }) => ({ contents: await moduleOf(path), loader: 'js' }));
  },
};

/** For vitest. */
export const wasmForVite = {
  name: 'wasm',
  enforce: 'pre',
  resolveId: (id, importer) => (/^\.{1,2}\/.*\.wasm$/.test(id) && importer ? resolve(dirname(importer), id) : null),
  async load(id) {
    return id.endsWith('.wasm') ? moduleOf(id) : null;
  },
};

/** A JavaScript module that exports the compiled bytes. */
async function moduleOf(path) {
  const bytes = await compiled(path.replace(/\.wasm$/, '.as.ts'));
  return `export const wasm = Uint8Array.from(Buffer.from(${JSON.stringify(bytes.toString('base64'))}, 'base64'));`;
}

/** The bytes of a kernel, compiled once for each content of its folder's AssemblyScript. */
async function compiled(source) {
  const folder = dirname(source);
  const files = readdirSync(folder).filter((file) => file.endsWith('.as.ts'));
  const hash = createHash('sha256').update(options.join(' '));
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(folder, file)));
  const name = basename(source, '.as.ts');
  const kept = join(cache, `${name}-${hash.digest('hex').slice(0, 16)}.wasm`);
  if (!existsSync(kept)) {
    mkdirSync(cache, { recursive: true });
    const { default: asc } = await import('assemblyscript/asc');
    const scratch = mkdtempSync(join(cache, 'build-'));
    const words = [basename(source), '--baseDir', folder, '--outFile', join(scratch, 'out.wasm'), ...options];
    const said = [];
    const out = { write: (text) => void said.push(text) };
    const { error } = await asc.main(words, {
      stdout: out,
      stderr: out,
      writeFile: (file, content) => writeFileSync(resolve(folder, file), content),
    });
    if (error) throw new Error(`${source}: ${error.message}\n${said.join('')}`);
    renameSync(join(scratch, 'out.wasm'), kept);
    rmSync(scratch, { recursive: true });
  }
  return readFileSync(kept);
}
