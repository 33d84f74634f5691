import { expect, it } from 'vitest';
import { parseSelinuxMode } from './selinux.ts';

it.each([
  ['# a comment\nSELINUX=enforcing\nSELINUXTYPE=targeted\n', 1],
  ['SELINUX = Permissive', 0],
  ['SELINUX=disabled', -1],
  ['#SELINUX=enforcing\n', -1],
  ['', -1],
])('%j is %d', (text, mode) => expect(parseSelinuxMode(text)).toBe(mode));
