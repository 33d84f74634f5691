import { expect, it } from 'vitest';
import { parseSoftnet } from './softnet.ts';

const columns = (numbers: readonly number[]) => numbers.map((number) => number.toString(16).padStart(8, '0')).join(' ');

it('takes the CPU from the thirteenth column', () =>
  expect(parseSoftnet(`${columns([1, 2, 3, 0, 0, 0, 0, 0, 4, 5, 6, 7, 31, 0, 0])}\n`)).toEqual([
    { cpu: 31, processed: 1, dropped: 2, timesSqueezed: 3, cpuCollision: 4, receivedRps: 5, flowLimitCount: 6, backlogLength: 7 },
  ]));

it('counts the lines of an older kernel', () =>
  expect(parseSoftnet(`${columns([255, 0, 0, 0, 0, 0, 0, 0, 0])}\n${columns([16, 1, 0, 0, 0, 0, 0, 0, 0])}`)).toMatchObject([
    { cpu: 0, processed: 255, backlogLength: 0 },
    { cpu: 1, processed: 16, dropped: 1 },
  ]));

it.each(['00000001 00000002', 'x 0 0 0 0 0 0 0 0'])('refuses %j', (text) => expect(() => parseSoftnet(text)).toThrow(/hexadecimal/));
