import { build } from 'esbuild';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Bundles a file of this folder as a worker into a folder. Without the kernels, which only models that learn from a whole watch need. */
export async function builtFits(file: 'fit.worker.ts' | 'faulty-fits.fixture.ts', folder: string): Promise<URL> {
  const outfile = `${folder}/${file.replace('.ts', '.mjs')}`;
  await build({
    entryPoints: [`${root}ml-sidecar/src/fits/${file}`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    plugins: [
      {
        name: 'no kernels',
        setup(bundle) {
          bundle.onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path, namespace: 'kernel' }));
          bundle.onLoad({ filter: /.*/, namespace: 'kernel' }, () => ({ contents: 'export const wasm = new Uint8Array(0);' }));
        },
      },
    ],
    logLevel: 'error',
  });
  return pathToFileURL(outfile);
}
