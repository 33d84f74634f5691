import { describe, expect, it } from 'vitest';
import { zoneAt } from './time.ts';

describe('zoneAt', () => {
  it('gives the zone of the process and its offset east of Greenwich', () => {
    const date = new Date('2026-01-02T03:04:05Z');
    const { name, offset } = zoneAt(date);
    expect(name).not.toBe('');
    expect(offset).toBe(-60 * date.getTimezoneOffset() + 0);
    expect(Object.is(offset, -0)).toBe(false);
  });
});
