import { build, type Plugin } from 'esbuild';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { wasmForEsbuild } from '../../wasm.mjs';
import { entryPointsOf, type PackagedProgram } from './program.ts';

/** A program with everything it needs but Node: files by their path in its folder, and the packages that are in them. */
export interface ProgramFiles {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Folders of the packages, from the root of the repository: `node_modules/yaml`. */
  readonly packages: readonly string[];
}

/**
 * Bundles a program and its workers with the packages they use, so that they run without `node_modules`. Native packages are
 * laid beside them. `npm run build` must have run, for what the program serves.
 */
export async function bundleProgram(root: string, program: PackagedProgram): Promise<ProgramFiles> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [...entryPointsOf(root, program.workspace)],
    outdir: join(root, 'out'),
    entryNames: '[name]',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    external: [...program.native, ...program.without],
    plugins: [wasmForEsbuild, bundleLazyPackages],
    banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  const files = new Map<string, Uint8Array>([
    ['package.json', Buffer.from('{"type":"module"}\n')],
    ['start.cjs', Buffer.from('module.exports = (url) => import(url);\n')],
  ]);
  for (const { path, contents } of outputFiles) files.set(relative(join(root, 'out'), path), contents);
  for (const folder of program.served) {
    const from = join(root, program.workspace, 'dist', folder);
    for (const file of filesIn(from)) files.set(`${folder}/${file}`, readFileSync(join(from, file)));
  }
  const native = program.native.flatMap((name) => nativePackages(root, name));
  for (const folder of native)
    for (const file of filesIn(join(root, folder)))
      if (isNeeded(file)) files.set(`${folder}/${file}`, readFileSync(join(root, folder, file)));
  const bundled = Object.keys(metafile.inputs).flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  return { files, packages: [...new Set([...bundled, ...native])].sort() };
}

/** Packages that our code loads at their first use by a `require` of its own: in one file that is the bundle's. */
const bundleLazyPackages: Plugin = {
  name: 'lazy-packages',
  setup(build) {
    build.onLoad({ filter: /(service|exporter|ml-sidecar)\/src\/.*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const own = 'const require = createRequire(import.meta.url);\n';
      return text.includes(own) ? { contents: text.replace(own, ''), loader: 'ts', resolveDir: dirname(path) } : undefined;
    });
  },
};

/** A native package and those of its builds that this machine has installed. */
function nativePackages(root: string, name: string): readonly string[] {
  const { optionalDependencies = {} }: { readonly optionalDependencies?: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'),
  );
  const installed = readdirSync(join(root, 'node_modules'), { recursive: false, encoding: 'utf8' });
  const builds = Object.keys(optionalDependencies).filter((each) => {
    const [scope, build = ''] = each.split('/');
    return installed.includes(scope) && readdirSync(join(root, 'node_modules', scope)).includes(build);
  });
  return [name, ...builds].map((each) => `node_modules/${each}`);
}

/** What a native package needs as it runs: the single executables are for glibc, and nothing is compiled. */
const isNeeded = (file: string): boolean =>
  /(\.c?js|\.node|^package\.json)$/.test(file) && !/^(cnoke\.cjs|doc\/|vendor\/|lib\/|musl_)/.test(file);

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}
