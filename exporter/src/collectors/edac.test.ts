import { describe, expect, it } from 'vitest';
import { dimmLabel } from './edac.ts';

describe('dimmLabel', () => {
  it.each([
    [undefined, 'unknown'],
    [' \n', 'unknown'],
    ['CPU#1_csrow0channel2\n', 'CPU1__csrow0_channel2'],
    ['DIMM A1', 'DIMM A1'],
  ])('writes %j as %j', (text, label) => expect(dimmLabel(text)).toBe(label));
});
