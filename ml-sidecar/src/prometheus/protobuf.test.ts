import { describe, expect, it } from 'vitest';
import { ProtobufReader, ProtobufWriter, varintLength, wire } from './protobuf.ts';

describe('integers', () => {
  it.each([0, 1, 127, 128, 300, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 1_790_000_000_000, Number.MAX_SAFE_INTEGER, -1, -128, -1_790_000_000_000])(
    'come back: %d',
    (value) => {
      const writer = new ProtobufWriter(1);
      writer.varint(value);
      expect(new ProtobufReader(writer.finish()).int64()).toBe(value);
      expect(writer.finish().length).toBe(varintLength(value));
      expect(new ProtobufReader(writer.finish()).uint()).toBe(value < 0 ? Number(BigInt.asUintN(64, BigInt(value))) : value);
    },
  );

  it.each([
    ['the smallest int64', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], -(2 ** 63)],
    ['the largest int64', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], 2 ** 63],
    ['150, the example of the encoding guide', [0x96, 0x01], 150],
  ])('reads %s', (_, bytes, value) => {
    expect(new ProtobufReader(Uint8Array.from(bytes)).int64()).toBe(value);
  });

  it('refuses a varint without end', () => {
    const endless = new Uint8Array(20).fill(0xff);
    expect(() => new ProtobufReader(endless).uint()).toThrow('varint without end');
    expect(() => new ProtobufReader(endless).int64()).toThrow('varint without end');
  });
});

describe('fields', () => {
  it('come back in order, unknown ones passed over', () => {
    const writer = new ProtobufWriter(1);
    writer.string(1, 'héllo');
    writer.tag(2, wire.fixed64);
    writer.double(-0.5);
    writer.tag(9, wire.varint);
    writer.varint(5);
    writer.tag(3, wire.varint);
    writer.varint(42);
    const reader = new ProtobufReader(writer.finish());
    expect([reader.next(), reader.field, reader.string()]).toEqual([true, 1, 'héllo']);
    expect([reader.next(), reader.field, reader.double()]).toEqual([true, 2, -0.5]);
    expect([reader.next(), reader.field]).toEqual([true, 9]);
    reader.skip();
    expect([reader.next(), reader.field, reader.uint()]).toEqual([true, 3, 42]);
    expect(reader.next()).toBe(false);
  });

  it.each([
    ['a string that runs past the end', [0x0a, 0x05, 0x61]],
    ['a length of 2^63', [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['a double that runs past the end', [0x09, 0x00]],
    ['a group, which Prometheus never sends', [0x0b]],
    ['field 0', [0x02, 0x00]],
  ])('refuses %s', (_, bytes) => {
    const reader = new ProtobufReader(Uint8Array.from(bytes));
    expect(() => {
      while (reader.next()) reader.skip();
    }).toThrow(/runs past the end|wire type|field 0/);
  });

  it('stay inside their message', () => {
    const reader = new ProtobufReader(Uint8Array.from([0x0a, 0x02, 0x0a, 0x05, 1, 2, 3, 4, 5]));
    reader.next();
    const inner = reader.message();
    inner.next();
    expect(() => inner.string()).toThrow('runs past the end');
  });
});
