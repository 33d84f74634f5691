import { describe, expect, test } from 'vitest';
import { isOlder, parseVersion } from './program.ts';

describe('parseVersion reads', () => {
  test.each([
    ['Debian', 'prometheus, version 2.42.0+ds (branch: debian/sid, revision: 2.42.0+ds-5+deb12u1)', '2.42.0'],
    ['a release', 'alertmanager, version 0.28.1 (branch: HEAD, revision: b2099eaa2c9ebc25edb26517cb9c732738e93910)', '0.28.1'],
    ['a candidate', 'prometheus, version 3.6.0-rc.0 (branch: HEAD', '3.6.0'],
    ['two numbers', 'amtool, version 1.0 (branch', '1.0'],
    ['nothing', '', undefined],
    ['another text', 'command not found', undefined],
  ])('%s', (_name, text, version) => {
    expect(parseVersion(text)).toBe(version);
  });
});

describe('isOlder compares numbers, not letters', () => {
  test.each([
    ['2.42.0', '2.42', false],
    ['2.5.0', '2.42', true],
    ['2.41.9', '2.42', true],
    ['3.0', '2.42', false],
    ['0.9', '0.25', true],
    ['2.42', '2.42.1', true],
  ])('%s < %s: %s', (version, minimum, older) => {
    expect(isOlder(version, minimum)).toBe(older);
  });
});
