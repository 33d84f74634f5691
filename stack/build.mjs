#!/usr/bin/env node
// Builds every workspace: each `src/main.ts` and `src/**/*.worker.ts` becomes one file in its `dist/`, own code bundled,
// registry packages left to node_modules; and the page that the sidecar serves.
import { build } from 'esbuild';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildPage } from '../page/build.mjs';
import { wasmForEsbuild } from './wasm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = ['exporter', 'ml-sidecar', 'stack', 'bench'].filter((folder) => existsSync(`${root}${folder}`));

/** These get the workers of service/ too, because their programs look for them beside themselves. */
const services = ['exporter', 'ml-sidecar'];

for (const folder of folders) {
  const entryPoints = [...entryPointsOf(folder), ...(services.includes(folder) ? entryPointsOf('service') : [])];
  if (entryPoints.length === 0) continue;
  rmSync(`${root}${folder}/dist`, { recursive: true, force: true });
  await build({
    entryPoints,
    outdir: `${root}${folder}/dist`,
    entryNames: '[name]',
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    external: registryPackages(folder),
    plugins: [wasmForEsbuild],
    sourcemap: true,
    // The engine keeps the text of a program as long as it runs; comments with letters beyond Latin-1 would double it.
    minifyWhitespace: true,
    logLevel: 'warning',
  });
}

// Run in an image or an init container by themselves, so they bring along what they need.
await build({
  entryPoints: [
    { in: `${root}stack/src/alertmanager/alertmanager-config.main.ts`, out: 'alertmanager-config' },
    { in: `${root}stack/src/demo/demo.main.ts`, out: 'demo' },
  ],
  outdir: `${root}stack/dist`,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  // The yaml package asks for Node's own modules by require.
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  minifyWhitespace: true,
  logLevel: 'warning',
});

// Not in main.js, so that `npm start` loads none of the tools for packaging.
await build({
  entryPoints: [{ in: `${root}stack/src/package/package.main.ts`, out: 'package' }],
  outdir: `${root}stack/dist`,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  external: registryPackages('stack'),
  plugins: [wasmForEsbuild],
  logLevel: 'warning',
});

await buildPage(`${root}ml-sidecar/dist/page/`);
// The page's script holds these packages; their licences ask to go with it.
const inPage = ['preact', 'uplot'].map((name) => `${name}\n\n${readFileSync(`${root}node_modules/${name}/LICENSE`, 'utf8')}`);
writeFileSync(`${root}ml-sidecar/dist/page.licences.txt`, inPage.join('\n'));
for (const folder of services) copyFileSync(`${root}LICENSE`, `${root}${folder}/LICENSE`);

function entryPointsOf(folder) {
  if (!existsSync(`${root}${folder}`)) return [];
  return readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => !/(^|\/)(node_modules|dist|testdata)\//.test(file) && /(^|\/)(main|[^/]+\.worker)\.ts$/.test(file))
    .map((file) => `${root}${folder}/${file}`);
}

/** Everything a workspace depends on but our own `@presage/*` code, which is bundled. */
function registryPackages(folder) {
  const names = [];
  // Benchmarks run code of the sidecar, and need what it needs.
  const own = folder === 'bench' ? [folder, 'ml-sidecar'] : [folder];
  for (const file of [`${root}package.json`, ...['service', ...own].map((name) => `${root}${name}/package.json`)]) {
    if (!existsSync(file)) continue;
    const manifest = JSON.parse(readFileSync(file, 'utf8'));
    for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'])
      names.push(...Object.keys(manifest[kind] ?? {}));
  }
  return names.filter((name) => !name.startsWith('@presage/')).flatMap((name) => [name, `${name}/*`]);
}
