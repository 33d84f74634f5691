import { build } from 'esbuild';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'postject';
import { execute } from '../execute.ts';
import { bundleProgram } from './bundle.ts';
import { engineFlags, type PackagedProgram } from './program.ts';
import { thirdPartyLicences } from './third-party.ts';

/** The mark in Node's own program at which it looks for what was injected (Node's documentation, single executable applications). */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** The Node that the executable is made of. */
export interface CarriedNode {
  readonly path: string;
  readonly platform: string;
  readonly architecture: string;
}

/**
 * Makes one file of a program and of the Node that runs this, for this system and processor: `NAME-linux-x64` in `folder`, and
 * beside it `NAME-linux-x64.licences.txt`. Gives the path of the executable.
 * @throws Error on anything but Linux, where a program must be signed anew after it was changed.
 */
export async function buildExecutable(root: string, program: PackagedProgram, folder: string, node: CarriedNode): Promise<string> {
  if (node.platform !== 'linux') throw new Error(`single executables: got ${node.platform}, want linux; use the packages of npm elsewhere`);
  const path = join(folder, `${program.name}-${node.platform}-${node.architecture}`);
  const scratch = mkdtempSync(join(tmpdir(), 'presage-executable-'));
  try {
    const { files, packages } = await bundleProgram(root, program);
    const blob = await prepareBlob(root, program, files, scratch, node);
    mkdirSync(folder, { recursive: true });
    rmSync(path, { force: true });
    copyFileSync(node.path, path);
    chmodSync(path, 0o755);
    await inject(path, 'NODE_SEA_BLOB', blob, { sentinelFuse: FUSE });
    writeFileSync(`${path}.licences.txt`, thirdPartyLicences(root, [...packages, ...pagePackages(program)], node.path));
    return path;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What the page's script holds; it was bundled before. */
export const pagePackages = ({ served }: PackagedProgram): readonly string[] =>
  served.includes('page') ? ['node_modules/preact', 'node_modules/uplot'] : [];

async function prepareBlob(
  root: string,
  program: PackagedProgram,
  files: ReadonlyMap<string, Uint8Array>,
  scratch: string,
  node: CarriedNode,
): Promise<Buffer> {
  const main = join(scratch, 'executable.cjs');
  await build({
    entryPoints: [fileURLToPath(new URL('carried-start.ts', sourceFolder(root)))],
    outfile: main,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    logLevel: 'warning',
  });
  const assets: Record<string, string> = {};
  for (const [name, content] of files) {
    assets[name] = join(scratch, 'files', name);
    mkdirSync(dirname(assets[name]), { recursive: true });
    writeFileSync(assets[name], content);
  }
  assets['contents.json'] = join(scratch, 'contents.json');
  const contents = { name: program.name, flags: engineFlags(root, program), files: [...files.keys()] };
  writeFileSync(assets['contents.json'], JSON.stringify(contents));
  const config = join(scratch, 'sea.json');
  const output = join(scratch, 'sea.blob');
  writeFileSync(config, JSON.stringify({ main, output, assets, disableExperimentalSEAWarning: true }));
  await execute(node.path, ['--experimental-sea-config', config]);
  return readFileSync(output);
}

const sourceFolder = (root: string): URL => new URL(`file://${root.replace(/\/?$/, '/')}stack/src/package/`);
