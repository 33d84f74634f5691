import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { packagedPrograms } from '../../stack/src/package/program.ts';
import { readDockerfile } from './dockerfile.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(root, '.github/workflows');
const files = readdirSync(folder);
const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly needs?: string | readonly string[];
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly Step[];
}
const jobsOf = (file: string): readonly (readonly [string, Job])[] => {
  const { jobs }: { readonly jobs: Readonly<Record<string, Job>> } = parse(textOf(file));
  return Object.entries(jobs);
};

/** What GitHub's own parser says of a workflow. */
async function faultsOf(name: string, content: string): Promise<readonly string[]> {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  const faults = context.errors.getErrors().map(({ message }) => message);
  if (value === undefined || faults.length > 0) return faults;
  const { errors = [] } = await convertWorkflowTemplate(context, value);
  return errors.map(({ Message }) => Message);
}

describe.each(files)('the workflow %s', (file) => {
  const steps = jobsOf(file).flatMap(([, job]) => job.steps);

  test('is one to GitHub', async () => {
    expect(await faultsOf(file, textOf(file))).toEqual([]);
  });

  test('pins its actions, limits its jobs, and asks for no more than it needs', () => {
    for (const { uses } of steps) expect(uses ?? 'a/b@v1.2.3').toMatch(/^[\w-]+\/[\w-]+@v\d+\.\d+\.\d+$/);
    for (const [, job] of jobsOf(file)) expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
    expect(parse(textOf(file)).permissions).toEqual({ contents: 'read' });
  });

  test('names scripts, files and stages that are there', () => {
    const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    );
    const run = steps.flatMap((step) => step.run ?? []).join('\n');
    for (const [, script = ''] of run.matchAll(/npm run ([\w:-]+)/g)) expect(scripts).toHaveProperty(script);
    const paths = run.match(/(?<![\w./-])(?:deploy|stack|\.ci|provisioning|grafana-plugin)\/[\w./-]+/g) ?? [];
    expect(paths.filter((each) => !/\/dist(\/|$)/.test(each) && !existsSync(join(root, each)))).toEqual([]);
    for (const built of paths.filter((each) => each.startsWith('stack/dist/')))
      expect(readFileSync(join(root, 'stack/build.mjs'), 'utf8')).toContain(`out: '${built.slice('stack/dist/'.length, -'.js'.length)}'`);
  });
});

test('a fault in a workflow is found', async () => {
  expect(await faultsOf('x.yml', 'on: push\njobs: { a: { runs-on: ubuntu-24.04, step: [] } }')).not.toEqual([]);
});

test('every target of the Dockerfile that compose builds is built for a release, and the programs are published', () => {
  const release = textOf('release.yml');
  const targets = readDockerfile(readFileSync(join(root, 'deploy/docker/Dockerfile'), 'utf8')).map(({ name }) => name);
  for (const target of ['exporter', 'sidecar', 'grafana']) {
    expect(targets).toContain(target);
    expect(release).toContain(`target: ${target}`);
  }
  for (const { name } of packagedPrograms) expect(release).toContain(`dist/${name}-[0-9]*.tgz`);
  expect(release).toContain('--provenance');
});
