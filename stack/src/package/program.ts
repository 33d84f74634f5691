import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A program of this repository that is handed out by itself. */
export interface PackagedProgram {
  /** Its command. */
  readonly name: 'presage' | 'presage-exporter';
  readonly workspace: 'exporter' | 'ml-sidecar';
  /** Packages that it loads from a folder beside itself, because they hold native code; the rest is bundled. */
  readonly native: readonly string[];
  /** Packages that it does without, each with a clear error of its own. */
  readonly without: readonly string[];
  /** Folders of its `dist/` that it serves. */
  readonly served: readonly string[];
}

/** Both programs, as they stand in their `package.json`. */
export const packagedPrograms: readonly PackagedProgram[] = [
  { name: 'presage-exporter', workspace: 'exporter', native: ['koffi'], without: ['systeminformation'], served: [] },
  {
    name: 'presage',
    workspace: 'ml-sidecar',
    native: [],
    without: ['@bsull/*', '@tensorflow/*', 'onnxruntime-web', 'onnxruntime-web/*'],
    served: ['page'],
  },
];

/** The version of a workspace. */
export function versionOf(root: string, workspace: string): string {
  const { version }: { readonly version: string } = JSON.parse(readFileSync(join(root, workspace, 'package.json'), 'utf8'));
  return version;
}

/** The files that a program consists of, as `stack/build.mjs` finds them: its own main and workers, and the workers of service/. */
export function entryPointsOf(root: string, workspace: string): readonly string[] {
  const within = (folder: string): string[] =>
    readdirSync(join(root, folder, 'src'), { recursive: true, encoding: 'utf8' }).map((file) => join(root, folder, 'src', file));
  const entries = [...within(workspace), ...within('service')].filter((file) => /(^|\/)(main|[^/]+\.worker)\.ts$/.test(file));
  if (!entries.some((file) => file.endsWith('/main.ts'))) throw new Error(`${workspace}/src: got no main.ts, want the program there`);
  return entries;
}

/** The engine's flags in the first line of a program's file in `bin/`. */
export function engineFlags(root: string, { workspace, name }: PackagedProgram): readonly string[] {
  const [line = ''] = readFileSync(join(root, workspace, 'bin', `${name}.js`), 'utf8').split('\n');
  return line.split(' ').filter((word) => word.startsWith('--'));
}
