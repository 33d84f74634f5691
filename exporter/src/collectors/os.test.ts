import { expect, it } from 'vitest';
import { parseOsRelease } from './os.ts';

it('unquotes as a shell would and passes over comments', () =>
  expect(parseOsRelease('# NAME=no\nNAME="A \\"good\\" one"\nID=debian\nVERSION=\'1 \\$x\'\nEMPTY=\nbroken\n')).toEqual({
    NAME: 'A "good" one',
    ID: 'debian',
    VERSION: '1 \\$x',
    EMPTY: '',
  }));
