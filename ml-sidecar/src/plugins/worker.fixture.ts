import { buildSync } from 'esbuild';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Where the optional packages are installed for tests: `npm test` does it, `npm ci` in that folder too. */
export const peers = `${root}ml-sidecar/peers/`;

const optional = ['@bsull/*', '@tensorflow/*', 'onnxruntime-web'];

/**
 * Bundles the worker for a test file: beside the optional packages, so that it finds them as it would at a user's, or into a folder
 * of its own (`alone`), where it finds none.
 */
export function builtWorker(name: string, alone?: string): URL {
  const outfile = `${alone ?? `${peers}dist`}/${name}.worker.mjs`;
  buildSync({
    entryPoints: [`${root}ml-sidecar/src/plugins/plugin.worker.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: optional,
    alias: { '@presage/service': `${root}service/src` },
    logLevel: 'error',
  });
  return pathToFileURL(outfile);
}
