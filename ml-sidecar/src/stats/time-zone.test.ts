import { expect, test } from 'vitest';
import { wallOffsetOf } from './time-zone.ts';

const HOUR = 3600;

test.each([
  ['Europe/Berlin', 1_711_846_799, HOUR],
  ['Europe/Berlin', 1_711_846_800, 2 * HOUR],
  ['Europe/Berlin', 1_729_990_799, 2 * HOUR],
  ['Europe/Berlin', 1_729_990_800, HOUR],
  ['America/New_York', 1_700_000_000, -5 * HOUR],
  ['Asia/Kathmandu', 1_700_000_000, 5.75 * HOUR],
  ['UTC', 1_700_000_000, 0],
])('%s at %d is %d seconds off', (zone, time, offset) => {
  const wallOffset = wallOffsetOf(zone);
  expect(wallOffset(time)).toBe(offset);
  expect(wallOffset(time)).toBe(offset);
});

test('a zone that is none is refused', () => {
  expect(() => wallOffsetOf('Europe/Atlantis')).toThrow(RangeError);
});
