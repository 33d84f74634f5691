import { describe, expect, it } from 'vitest';
import { abbreviationOf, createZoneReader } from './time-zone.ts';

interface Change {
  readonly at: number;
  readonly type: number;
}

/** A zone file of the second version: an empty first block, then the given types and changes (RFC 8536, section 3). */
function zoneFile(types: readonly (readonly [offset: number, name: string])[], changes: readonly Change[]): Buffer {
  const names = types.map(([, name]) => `${name}\0`).join('');
  const header = (counts: readonly number[]) => {
    const bytes = Buffer.alloc(44);
    bytes.write('TZif2');
    counts.forEach((count, index) => bytes.writeUInt32BE(count, 20 + 4 * index));
    return bytes;
  };
  const times = Buffer.alloc(8 * changes.length);
  changes.forEach(({ at }, index) => times.writeBigInt64BE(BigInt(at), 8 * index));
  const typeBytes = Buffer.alloc(6 * types.length);
  let nameAt = 0;
  types.forEach(([offset, name], index) => {
    typeBytes.writeInt32BE(offset, 6 * index);
    typeBytes[6 * index + 5] = nameAt;
    nameAt += name.length + 1;
  });
  const indexes = Buffer.from(changes.map(({ type }) => type));
  return Buffer.concat([
    header([0, 0, 0, 0, 0, 0]),
    header([0, 0, 0, changes.length, types.length, names.length]),
    times,
    indexes,
    typeBytes,
    Buffer.from(names),
  ]);
}

describe('abbreviationOf', () => {
  const types = [
    [3600, 'OLD'],
    [3600, 'CET'],
    [7200, 'CEST'],
  ] as const;
  const berlin = zoneFile(types, [
    { at: -1e9, type: 0 },
    { at: 1e9, type: 2 },
    { at: 1.1e9, type: 1 },
  ]);
  it.each([
    [3600, 1.2e9, 'CET'],
    [7200, 1.2e9, 'CEST'],
    [3600, 0, 'OLD'],
    [7200, 0, 'CEST'],
    [1800, 0, undefined],
  ])('offset %s at %s is %s', (offset, time, name) => expect(abbreviationOf(berlin, offset, time)).toBe(name));
  it('takes a zone without changes', () => expect(abbreviationOf(zoneFile([[0, 'UTC']], []), 0, 5)).toBe('UTC'));
  it.each([Buffer.alloc(0), Buffer.from('TZif'), Buffer.alloc(100), berlin.subarray(0, 60)])('knows nothing in a broken file %#', (file) =>
    expect(abbreviationOf(file, 0, 0)).toBeUndefined(),
  );
});

describe('a zone reader', () => {
  it('falls back to the offset where there is no zone file', () => {
    const date = new Date('2026-01-02T03:04:05Z');
    const { name, offset } = createZoneReader('/none/localtime')(date);
    expect(offset).toBe(-60 * date.getTimezoneOffset() + 0);
    expect(name).toMatch(/^(UTC|[+-]\d\d(\d\d)?)$/);
  });
});
