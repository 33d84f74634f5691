// Bundles the host page once for each Grafana version, from that version's own packages, into host/dist/VERSION.js.
import { build } from 'esbuild';
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Where the packages of each Grafana version lie; the panel itself is built against the first. */
export const grafanas = { '13.2.2': `${here}..`, '12.4.10': `${here}grafana-12`, '11.6.0': `${here}grafana-11` };

rmSync(`${here}dist`, { recursive: true, force: true });
for (const [version, folder] of Object.entries(grafanas)) {
  if (!existsSync(`${folder}/node_modules`)) continue;
  await build({
    entryPoints: [`${here}page.tsx`],
    outfile: `${here}dist/${version}.js`,
    bundle: true,
    minify: true,
    sourcemap: false,
    format: 'iife',
    platform: 'browser',
    mainFields: ['module', 'browser', 'main'],
    target: 'es2022',
    jsx: 'transform',
    loader: { '.woff2': 'dataurl', '.svg': 'dataurl' },
    define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
    inject: [`${here}bootData.ts`],
    plugins: [fromFolder(folder)],
    logLevel: 'error',
  });
}

await build({
  entryPoints: [`${here}measure.ts`, `${here}screenshots.ts`],
  outdir: `${here}dist`,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'error',
});

/** Takes every package that the page imports from the version's own folder, so that no two Reacts meet. */
function fromFolder(folder) {
  return {
    name: 'grafana-version',
    setup(builder) {
      builder.onResolve({ filter: /^[@a-z]/ }, (args) => {
        if (args.pluginData?.isOurs || !args.importer.startsWith(here) || args.importer.includes('/node_modules/')) return undefined;
        const own = /^(systemjs|axe-core|@fontsource)/.test(args.path);
        return builder.resolve(args.path, {
          kind: args.kind,
          importer: args.importer,
          resolveDir: own ? `${here}..` : folder,
          pluginData: { isOurs: true },
        });
      });
      // The code editor is loaded when an option is edited, which no page here does.
      builder.onResolve({ filter: /^(monaco-editor|@monaco-editor)(\/|$)/ }, (args) => ({ path: args.path, namespace: 'left-out' }));
      builder.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {}' }));
      // Plots are recorded, so that a benchmark can take hold of them.
      builder.onResolve({ filter: /^uplot$/ }, (args) =>
        args.importer.endsWith('recordedUplot.ts') ? undefined : { path: `${here}recordedUplot.ts` },
      );
      // One moment: its CommonJS and its ES build are two, and each keeps its own time zones.
      builder.onResolve({ filter: /^moment$/ }, (args) =>
        args.pluginData?.isOurs
          ? undefined
          : builder.resolve('moment/moment.js', { kind: 'require-call', resolveDir: folder, pluginData: { isOurs: true } }),
      );
    },
  };
}
