import { unzipSync } from 'fflate';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { execute } from '../../stack/src/execute.ts';
import { bundleProgram } from '../../stack/src/package/bundle.ts';
import { buildExecutable } from '../../stack/src/package/executable.ts';
import { packForNpm } from '../../stack/src/package/npm-package.ts';
import { zipPlugin } from '../../stack/src/package/plugin-zip.ts';
import { packagedPrograms, versionOf } from '../../stack/src/package/program.ts';
import { readDockerfile } from '../contract/dockerfile.ts';
import { answers, startProgram } from './started-program.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const stages = readDockerfile(readFileSync(join(root, 'deploy/docker/Dockerfile'), 'utf8'));
const [exporter, sidecar] = packagedPrograms;
let folder = '';
let home = '';

const sidecarFiles = (where: string): string => {
  const file = join(where, 'presage.yml');
  writeFileSync(file, 'prometheus: { url: http://127.0.0.1:9 }\nwatches:\n  - preset: node\n');
  return file;
};
const bin = (name: string): string => join(home, 'node_modules/.bin', name);
const textOf = async (url: string): Promise<string> => (await fetch(url)).text();

// One installation, from what is published, for all that runs outside of the workspace.
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'presage-packages-'));
  const archives = await Promise.all(packagedPrograms.map((program) => packForNpm(root, program, folder)));
  home = join(folder, 'elsewhere');
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{ "private": true }');
  const words = ['install', '--no-audit', '--no-fund', '--ignore-scripts', `--cache=${join(folder, 'cache')}`, ...archives];
  await execute('npm', words, { folder: home, timeout: 240 });
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the packages of npm install in an empty folder and run there', async () => {
  for (const { name, workspace } of packagedPrograms) {
    expect((await execute(bin(name), ['--version'], { folder: home })).output).toContain(versionOf(root, workspace));
    const files = readdirSync(join(home, 'node_modules', name), { recursive: true, encoding: 'utf8' });
    expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'package.json', 'dist/main.js', `bin/${name}.js`]));
    expect(files.filter((file) => /\.(ts|map)$|test/.test(file))).toEqual([]);
  }
  const checked = await execute(bin('presage'), ['check', '--timeout=0s', `--config.file=${sidecarFiles(home)}`], { folder: home });
  expect(checked.output).toContain('12 watches, well-formed');
  expect(existsSync(join(home, 'node_modules/presage/dist/page.licences.txt'))).toBe(true);
  const host = await startProgram(
    { path: bin('presage-exporter'), args: [], environment: {}, origin: 'packed' },
    { args: (port) => [`--web.listen-address=127.0.0.1:${port}`], ready: (url) => answers(`${url}/metrics`) },
  );
  expect(await textOf(`${host.url}/metrics`)).toContain('node_cpu_seconds_total{');
  await host.stop();
  const run = (port: number): string[] => ['run', `--config.file=${home}/presage.yml`, `--storage.path=${home}/data`, listening(port)];
  const presage = await startProgram(
    { path: bin('presage'), args: [], environment: {}, origin: 'packed' },
    { args: run, ready: (url) => answers(`${url}/-/healthy`) },
  );
  const page = await textOf(`${presage.url}/`);
  expect(await answers(`${presage.url}/${/page\/presage-\w+\.js/.exec(page)?.[0]}`)).toBe(true);
  await presage.stop();
});

// What systemd itself hands sockets over with; it starts the program with the first connection.
test.skipIf(!existsSync('/usr/bin/systemd-socket-activate')).each(packagedPrograms)(
  '$name serves on the socket that systemd hands over',
  async ({ name }) => {
    const words = name === 'presage' ? ['run', `--config.file=${sidecarFiles(home)}`, `--storage.path=${home}/handed`] : [];
    const program = await startProgram(
      { path: '/usr/bin/systemd-socket-activate', args: [], environment: {}, origin: 'systemd' },
      {
        args: (port) => [`--listen=127.0.0.1:${port}`, '-E', 'PATH', bin(name), ...words, '--web.systemd-socket'],
        ready: (url) => answers(`${url}/-/healthy`),
      },
    );
    expect((await fetch(`${program.url}/metrics`)).status).toBe(200);
    await program.stop();
  },
);

// No Docker here: the files that each image holds, laid out in a folder, and the command that it runs.
test.each(packagedPrograms)('the image of $name holds all that its program needs', async ({ name, workspace }) => {
  const image = join(folder, `image-${name}`);
  const stage = stages.find((each) => each.name === (name === 'presage' ? 'sidecar' : 'exporter'));
  if (stage === undefined) throw new Error(`deploy/docker/Dockerfile: no stage for ${name}`);
  for (const { stage: source, from, to } of stage.copies) {
    const place = to.startsWith('/') ? join(image, to) : resolve(image, 'app', to);
    mkdirSync(dirname(place), { recursive: true });
    if (source === 'build' && from.startsWith('/src/')) cpSync(join(root, from.slice('/src/'.length)), place, { recursive: true });
    if (from === '/app/node_modules') symlinkSync(join(home, 'node_modules'), place);
  }
  const [node, ...words] = stage.entrypoint.map((word) => (word.startsWith('/app/') ? join(image, word) : word));
  expect(node).toBe('/nodejs/bin/node');
  const run = await execute(process.execPath, [...words, '--version'], { folder: image });
  expect(run.output).toContain(versionOf(root, workspace));
  for (const wanted of ['LICENSE', 'node_modules/yaml']) expect(existsSync(join(image, 'app', wanted))).toBe(true);
});

const listening = (port: number): string => `--web.listen-address=127.0.0.1:${port}`;

test('the image of the demo holds a program that lays down its hosts', async () => {
  const stage = stages.find(({ name }) => name === 'demo');
  const image = join(folder, 'image-demo');
  mkdirSync(image);
  for (const { from, to } of stage?.copies ?? [])
    if (from.startsWith('/src/')) cpSync(join(root, from.slice('/src/'.length)), resolve(image, to));
  const program = join(image, basename(stage?.entrypoint.at(-1) ?? ''));
  const words = ['write', `--folder=${join(image, 'data')}`, '--address=demo-hosts:9880'];
  expect((await execute(process.execPath, [program, ...words], { folder: image })).output).toMatch(/\d+ samples of generated hosts/);
  expect(readFileSync(join(image, 'data/scrape/demo.yml'), 'utf8')).toContain('demo-hosts:9880');
  // A second time nothing is laid down anew.
  expect((await execute(process.execPath, [program, ...words], { folder: image })).output).toBe('');
});

test('the single executable of the exporter serves in an empty folder, with no Node to be found', async () => {
  const node = { path: process.execPath, platform: process.platform, architecture: process.arch };
  const path = await buildExecutable(root, exporter, join(folder, 'executable'), node);
  const user = join(folder, 'user');
  mkdirSync(user);
  const environment = { PATH: '/nowhere', HOME: user };
  expect((await execute(path, ['--version'], { folder: user, environment })).output).toContain(versionOf(root, exporter.workspace));
  // Koffi's native part and the helper process, which is forked from the executable itself, are needed for these two.
  const words = ['--collector.disable-defaults', '--collector.cpu', '--collector.timex', '--collector.filesystem'];
  const program = await startProgram(
    { path: '/usr/bin/env', args: ['-i', `HOME=${user}`, 'PATH=/nowhere', path, ...words], environment: {}, origin: 'packed' },
    { args: (port) => [listening(port)], ready: (url) => answers(`${url}/metrics`) },
  );
  const metrics = await textOf(`${program.url}/metrics`);
  await program.stop();
  expect(metrics).toContain('node_scrape_collector_success{collector="timex"} 1');
  expect(metrics).toContain('node_filesystem_size_bytes{');
  // Its files are laid out once, for this user alone; changed ones are not run.
  const [kept] = readdirSync(join(user, '.cache/presage'));
  const main = join(user, '.cache/presage', kept, 'main.js');
  writeFileSync(main, 'console.log("not ours")');
  expect((await execute(path, ['--version'], { folder: user, environment })).output).not.toContain('not ours');
  const licences = readFileSync(`${path}.licences.txt`, 'utf8');
  for (const wanted of ['Node.js', 'yaml ', 'bcryptjs ', 're2js ', 'koffi ', '@jellybrick/dbus-next ']) expect(licences).toContain(wanted);
}, 180_000);

test('the files that the executable of the sidecar carries run by themselves', async () => {
  const laid = join(folder, 'sidecar');
  const { files, packages } = await bundleProgram(root, sidecar);
  for (const [name, content] of files) {
    mkdirSync(join(laid, name, '..'), { recursive: true });
    writeFileSync(join(laid, name), content);
  }
  const words = [join(laid, 'main.js'), 'check', '--timeout=0s', `--config.file=${sidecarFiles(laid)}`];
  expect((await execute(process.execPath, words, { folder: laid })).output).toContain('12 watches, well-formed');
  expect(packages).toEqual(expect.arrayContaining(['node_modules/express', 'node_modules/zod', 'node_modules/ioredis']));
  expect([...files.keys()]).toEqual(expect.arrayContaining(['plugin.worker.js', 'page/index.html']));
});

test('the zip of the panel holds one folder with its id, as Grafana unpacks it', () => {
  const path = zipPlugin(join(root, 'grafana-plugin/dist'), folder);
  const archive = readFileSync(path);
  const files = unzipSync(archive);
  const names = Object.keys(files);
  expect(names.filter((name) => !name.startsWith('presage-forecast-panel/'))).toEqual([]);
  const { id, info } = JSON.parse(Buffer.from(files['presage-forecast-panel/plugin.json']).toString());
  expect(path).toBe(join(folder, `${id}-${info.version}.zip`));
  const pictures = [info.logos.small, ...info.screenshots.map((each: { path: string }) => each.path)];
  for (const wanted of ['module.js', 'README.md', 'CHANGELOG.md', 'LICENSE', ...pictures]) expect(names).toContain(`${id}/${wanted}`);
  expect(readFileSync(`${path}.sha1`, 'utf8').trim()).toBe(createHash('sha1').update(archive).digest('hex'));
  expect(archive.length).toBeLessThan(1_000_000);
  // Not signed: that takes a token of Grafana's, in the release workflow.
  expect(names).not.toContain(`${id}/MANIFEST.txt`);
  expect(zipPlugin(join(root, 'grafana-plugin/dist'), join(folder, 'again')) && readFileSync(path)).toEqual(
    readFileSync(join(folder, 'again', `${id}-${info.version}.zip`)),
  );
});
