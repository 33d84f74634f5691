import { expect, it } from 'vitest';
import { parseTimex } from './timex.ts';

function figures(state: number, status: number): Record<string, number> {
  const timex = Buffer.alloc(208);
  timex.writeBigInt64LE(-1500n, 8);
  timex.writeBigInt64LE(65536n * 100n, 16);
  timex.writeBigInt64LE(16_000_000n, 24);
  timex.writeInt32LE(status, 40);
  timex.writeBigInt64LE(10_000n, 88);
  timex.writeInt32LE(37, 160);
  return Object.fromEntries(parseTimex(state, timex).map(({ name, value }) => [name, value]));
}

it('reads microseconds, or nanoseconds where the status says so', () => {
  expect(figures(0, 0)['offset_seconds']).toBeCloseTo(-0.0015, 12);
  expect(figures(0, 0x2001)['offset_seconds']).toBeCloseTo(-0.0000015, 15);
});

it('gives ratios, seconds and the offset of atomic time', () =>
  expect(figures(0, 1)).toMatchObject({
    sync_status: 1,
    frequency_adjustment_ratio: 1.0001,
    maxerror_seconds: 16,
    tick_seconds: 0.01,
    tai_offset_seconds: 37,
    status: 1,
  }));

it('says that the clock is not kept right', () => expect(figures(5, 64)['sync_status']).toBe(0));
