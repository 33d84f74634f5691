import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeMachine, findOnPath, type MachineFacts } from './machine.ts';

const facts: MachineFacts = { platform: 'linux', arch: 'x64', env: {}, userId: 1000, temporaryFolder: '/tmp', say: () => {} };
const home = mkdtempSync(path.join(tmpdir(), 'presage-machine-'));

describe('the cache', () => {
  test.each([
    ['lies in XDG_CACHE_HOME', { XDG_CACHE_HOME: '/var/cache/me', HOME: home }, 'linux', '/var/cache/me/presage'],
    ['lies in the home without it', { HOME: home }, 'linux', path.join(home, '.cache/presage')],
    ['lies in Library on a Mac', { HOME: home }, 'darwin', path.join(home, 'Library/Caches/presage')],
    [
      'ignores a relative XDG_CACHE_HOME, as its specification asks',
      { XDG_CACHE_HOME: 'cache', HOME: home },
      'linux',
      path.join(home, '.cache/presage'),
    ],
    ['lies in the temporary folder when there is no home', {}, 'linux', '/tmp/cache-1000/presage'],
    ['lies in the temporary folder when the home does not exist', { HOME: '/nonexistent' }, 'linux', '/tmp/cache-1000/presage'],
  ])('%s', (_name, env, platform, wanted) => {
    expect(describeMachine({ ...facts, env, platform }).cache).toBe(wanted);
  });
});

test('architectures have the names of Prometheus and Debian', () => {
  expect(describeMachine(facts).architecture).toBe('amd64');
  expect(describeMachine({ ...facts, arch: 'arm64' }).architecture).toBe('arm64');
  expect(describeMachine({ ...facts, arch: 'riscv64' }).architecture).toBe('riscv64');
});

test('the first folder of the PATH wins, and relative ones are not looked into', () => {
  const [first, second] = ['a', 'b'].map((name) => mkdtempSync(path.join(tmpdir(), `presage-path-${name}-`)));
  writeFileSync(path.join(second, 'alertmanager'), '');
  writeFileSync(path.join(first, 'prometheus-alertmanager'), '');
  const machine = describeMachine({ ...facts, env: { PATH: `.:${first}:${second}` } });
  expect(machine.programFolders).toEqual([first, second]);
  expect(findOnPath(machine, ['alertmanager', 'prometheus-alertmanager'])).toBe(path.join(first, 'prometheus-alertmanager'));
  expect(findOnPath(machine, ['amtool'])).toBeUndefined();
});
