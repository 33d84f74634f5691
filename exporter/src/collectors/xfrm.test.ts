import { expect, it } from 'vitest';
import { parseXfrm } from './xfrm.ts';

it('reads names and numbers', () =>
  expect([...parseXfrm('XfrmInError \t3\nXfrmNew 4\n')]).toEqual([
    ['XfrmInError', 3],
    ['XfrmNew', 4],
  ]));
it.each(['XfrmInError\n', 'nothing 1\n'])('refuses %j', (text) => expect(() => parseXfrm(text)).toThrow(/NAME NUMBER/));
