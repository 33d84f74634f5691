// Builds the panel into dist/ as Grafana loads it: module.js, an AMD module that takes React and Grafana from its host, and beside
// it what the catalogue reads. The steps are those of @grafana/create-plugin (webpack 5, swc).
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import TerserPlugin from 'terser-webpack-plugin';
import webpack from 'webpack';

const here = fileURLToPath(new URL('.', import.meta.url));
const { version } = JSON.parse(readFileSync(`${here}package.json`, 'utf8'));
const { id } = JSON.parse(readFileSync(`${here}src/plugin.json`, 'utf8'));

/** Grafana's shared modules. `react/jsx-runtime` is none of them before 12.3, hence classic JSX. */
const shared = ['react', 'react-dom', 'lodash', 'moment', 'rxjs', 'd3', '@emotion/css', '@emotion/react', /^@grafana\/(data|ui|runtime)$/];

rmSync(`${here}dist`, { recursive: true, force: true });
await bundle();
copyFiles();

function bundle() {
  const compiler = webpack({
    mode: 'production',
    context: `${here}src`,
    entry: { module: './module.tsx' },
    externals: shared,
    devtool: 'source-map',
    module: { rules: [{ test: /\.tsx?$/, exclude: /node_modules/, use: { loader: 'swc-loader', options: swcOptions() } }] },
    output: {
      path: `${here}dist`,
      filename: '[name].js',
      library: { type: 'amd' },
      publicPath: `public/plugins/${id}/`,
      uniqueName: id,
    },
    optimization: { minimizer: [new TerserPlugin({ extractComments: false, terserOptions: { format: { comments: false } } })] },
    performance: { maxAssetSize: 60 * 1024, maxEntrypointSize: 60 * 1024, hints: 'error', assetFilter: (name) => name.endsWith('.js') },
    resolve: { extensions: ['.js', '.ts', '.tsx'] },
  });
  return new Promise((resolve, reject) => {
    compiler.run((error, stats) => {
      compiler.close(() => {});
      if (error) return reject(error);
      if (stats.hasErrors()) return reject(new Error(stats.toString({ all: false, errors: true, warnings: true })));
      resolve();
    });
  });
}

function swcOptions() {
  return {
    jsc: {
      target: 'es2020',
      parser: { syntax: 'typescript', tsx: true },
      transform: { react: { runtime: 'classic' } },
    },
  };
}

function copyFiles() {
  mkdirSync(`${here}dist/img`, { recursive: true });
  cpSync(`${here}src/img`, `${here}dist/img`, { recursive: true });
  copyFileSync(`${here}CHANGELOG.md`, `${here}dist/CHANGELOG.md`);
  // In the repository its pictures lie in src/img, in the plugin in img.
  writeFileSync(`${here}dist/README.md`, readFileSync(`${here}README.md`, 'utf8').replaceAll('(src/img/', '(img/'));
  const license = `${here}../LICENSE`;
  if (existsSync(license)) copyFileSync(license, `${here}dist/LICENSE`);
  const day = new Date(Number(process.env['SOURCE_DATE_EPOCH'] ?? 0) * 1000 || Date.now()).toISOString().slice(0, 10);
  const manifest = readFileSync(`${here}src/plugin.json`, 'utf8').replaceAll('%VERSION%', version).replaceAll('%TODAY%', day);
  writeFileSync(`${here}dist/plugin.json`, manifest);
}
