import { expect, it } from 'vitest';
import { parseRpcLines } from './nfs-procedures.ts';

it('keeps numbers by word, decimals too', () =>
  expect([...parseRpcLines('rc 0 6 18622\nth 8 0 0.500\n')]).toEqual([
    ['rc', [0, 6, 18622]],
    ['th', [8, 0, 0.5]],
  ]));
it.each(['rc\n', 'rc x\n'])('refuses %j', (text) => expect(() => parseRpcLines(text)).toThrow(/numbers/));
