import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { execute } from '../../stack/src/execute.ts';
import { readDockerfile } from '../contract/dockerfile.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const stages = readDockerfile(readFileSync(join(root, 'deploy/docker/Dockerfile'), 'utf8'));
const folders: string[] = [];

afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

// No Docker here: the files that each image holds, laid out in a folder, and the command that it runs.
test.each([
  ['exporter', 'exporter'],
  ['sidecar', 'ml-sidecar'],
])(
  'the image %s holds all that its program needs, outside of the workspace',
  async (target, workspace) => {
    const folder = mkdtempSync(join(tmpdir(), 'presage-image-'));
    folders.push(folder);
    const stage = stages.find(({ name }) => name === target);
    if (stage === undefined) throw new Error(`no stage ${target}`);
    for (const { stage: source, from, to } of stage.copies) {
      const place = to.startsWith('/') ? join(folder, to) : resolve(folder, 'app', to);
      mkdirSync(dirname(place), { recursive: true });
      if (source === 'build' && from.startsWith('/src/')) cpSync(join(root, from.slice('/src/'.length)), place, { recursive: true });
    }
    const packages = ['install', '--omit=dev', '--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund'];
    await execute('npm', packages, { folder: join(folder, 'app'), environment: process.env, timeout: 240 });
    const [node, ...words] = stage.entrypoint.map((word) => (word.startsWith('/app/') ? join(folder, word) : word));
    expect(node).toBe('/nodejs/bin/node');
    const { version } = JSON.parse(readFileSync(join(root, workspace, 'package.json'), 'utf8'));
    const run = await execute(process.execPath, [...words, '--version'], { folder, environment: process.env });
    expect(run.output).toContain(version);
    expect(existsSync(join(folder, 'app/LICENSE'))).toBe(true);
  },
  300_000,
);
