import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Machine } from '../machine.ts';
import { bundledProgram } from './debian.ts';
import type { UnversionedProgram } from './program.ts';

const absolute = '/usr/share/prometheus/alertmanager';
/** As long as `absolute`, so that nothing in the program moves; seen from the root that the package was unpacked into. */
const relative = 'usr/share/prometheus//alertmanager';

/**
 * Debian's Alertmanager, unpacked rather than installed, made to start. It dies unless its default.tmpl lies in /usr/share, and no flag
 * changes that; so a copy is made that looks below the folder it is started in. The copy is kept only if it then starts.
 * @param folder the root folder that the package was unpacked into.
 * @throws Error when the program is not built as expected or the copy does not start.
 */
export async function relocateAlertmanager(machine: Machine, folder: string): Promise<UnversionedProgram> {
  const binaries = path.join(folder, 'usr', 'bin');
  const name = 'alertmanager-relocated';
  const program = (file: string): UnversionedProgram => ({ ...bundledProgram(folder, path.join('usr', 'bin', file)), folder });
  if (existsSync(path.join(binaries, name))) return program(name);
  const trial = `${name}-${randomUUID()}`;
  try {
    writeFileSync(path.join(binaries, trial), relocate(readFileSync(path.join(binaries, 'prometheus-alertmanager'))));
    chmodSync(path.join(binaries, trial), 0o755);
    await assertStarts(machine, program(trial));
    renameSync(path.join(binaries, trial), path.join(binaries, name));
  } finally {
    rmSync(path.join(binaries, trial), { force: true });
  }
  return program(name);
}

/**
 * Replaces the one absolute template folder in the program by the relative one of the same length.
 * @throws Error unless the folder occurs exactly once on its own (it also begins two longer paths, which stay).
 */
export function relocate(program: Buffer): Buffer {
  const hits: number[] = [];
  for (let at = program.indexOf(absolute); at !== -1; at = program.indexOf(absolute, at + 1))
    if (program[at + absolute.length] !== '/'.charCodeAt(0)) hits.push(at);
  const [hit] = hits;
  if (hit === undefined || hits.length > 1)
    throw new Error(
      `Debian's Alertmanager: found its template folder ${hits.length} times, want once; install prometheus-alertmanager instead`,
    );
  const copy = Buffer.from(program);
  copy.write(relative, hit, 'latin1');
  return copy;
}

/** Starts it on a port of the system's choice with the smallest configuration, until it says that it listens. */
async function assertStarts(machine: Machine, program: UnversionedProgram): Promise<void> {
  const folder = mkdtempSync(path.join(machine.cache, 'trial-'));
  const configuration = path.join(folder, 'alertmanager.yml');
  writeFileSync(configuration, 'route: { receiver: none }\nreceivers: [{ name: none }]\n');
  const args = [`--config.file=${configuration}`, `--storage.path=${folder}`, '--cluster.listen-address='];
  const child = spawn(program.path, [...args, '--web.listen-address=127.0.0.1:0'], {
    cwd: program.folder,
    env: { ...machine.environment, ...program.environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.on('close', () => resolve()));
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      let log = '';
      timer = setTimeout(() => reject(new Error(`the relocated Alertmanager did not listen within 10 s: ${log}`)), 10_000);
      child.on('error', reject);
      child.on('close', () => reject(new Error(`the relocated Alertmanager ended: ${log}`)));
      child.stderr.on('data', (chunk: Buffer) => {
        log = (log + chunk.toString()).slice(-2000);
        if (log.includes('Listening on')) resolve();
      });
    });
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  }
}
