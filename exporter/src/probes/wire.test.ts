import { describe, expect, it } from 'vitest';
import { decodeAnswer, encodeQuery } from './dns-message.ts';
import { encodeEcho, isReply, socketAddress } from './icmp-packet.ts';
import { loadLibc } from './libc.ts';
import { compilePattern, expand } from './pattern.ts';
import { ipv6Bytes, splitHostPort } from './resolve.ts';
import { queryFor } from './targets.fixture.ts';

describe('splitHostPort', () => {
  it.each([
    ['a.test:80', { host: 'a.test', port: 80 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    [':80', { host: '', port: 80 }],
    ['a.test', undefined],
    ['::1', undefined],
    ['a:99999', undefined],
    ['a:', undefined],
  ])('%s', (text, parts) => {
    expect(splitHostPort(text)).toEqual(parts);
  });
});

describe('ipv6Bytes', () => {
  it.each([
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['2001:db8::7', '20010db8000000000000000000000007'],
    ['fe80::1:2:3:4%eth0', 'fe800000000000000001000200030004'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
  ])('%s', (address, hex) => {
    expect(Buffer.from(ipv6Bytes(address)).toString('hex')).toBe(hex);
  });
});

describe('a DNS message', () => {
  it('asks in the form of RFC 1035', () => {
    expect(queryFor('a.test.', 1).toString('latin1')).toBe('\0\x07\x01\0\0\x01\0\0\0\0\0\0\x01a\x04test\0\0\x01\0\x01');
    expect(queryFor('.', 2).subarray(12)).toEqual(Buffer.from([0, 0, 2, 0, 1]));
  });

  it.each(['a..b', 'x'.repeat(64)])('refuses the name %s', (name) => {
    expect(() => encodeQuery({ id: 1, name, type: 1, recordClass: 1, recursionDesired: true })).toThrow('want 1 to 63');
  });

  it.each<[string, number[]]>([
    ['nothing', []],
    ['half a header', [0, 1, 2]],
    ['fewer records than it says', [0, 1, 0x81, 0x80, 0, 0, 0, 9, 0, 0, 0, 0]],
    ['a name that points at itself', [0, 1, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1]],
    ['a name that points ahead', [0, 1, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 14, 0xc0, 12, 0, 1, 0, 1]],
    ['a record past the end', [0, 1, 0x81, 0x80, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 9, 1]],
  ])('with %s is refused', (_, bytes) => {
    expect(() => decodeAnswer(Buffer.from(bytes))).toThrow('the answer is no whole DNS message');
  });

  it('never hangs or throws anything else, whatever comes', () => {
    const others: string[] = [];
    let seed = 1;
    const random = () => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) / 2 ** 32;
    for (let run = 0; run < 2000; run += 1) {
      const noise = Buffer.from(
        Array.from({ length: Math.floor(random() * 80) }, () => (random() < 0.3 ? 0xc0 : Math.floor(random() * 32))),
      );
      try {
        decodeAnswer(noise);
      } catch (error) {
        others.push(String(error));
      }
    }
    expect(others.filter((text) => !text.includes('no whole DNS message'))).toEqual([]);
    expect(others.length).toBeGreaterThan(1000);
  });

  it('shows records of types it does not know by RFC 3597, and odd bytes escaped', () => {
    const record = [1, 0x2e, 0, 0xff, 0, 0, 1, 0, 0, 0, 5, 0, 2, 0xab, 0xcd];
    const { answers } = decodeAnswer(Buffer.from([0, 1, 0x81, 0x80, 0, 0, 0, 1, 0, 0, 0, 0, ...record]));
    expect(answers[0].text).toBe('\\..\t5\tIN\tTYPE65280\t\\# 2 abcd');
  });
});

describe('an echo request', () => {
  const echo = { family: 4, id: 0x1234, sequence: 1, payload: Buffer.from('abc') } as const;

  it('has a checksum by which the whole sums to 0xffff (RFC 1071)', () => {
    const packet = Buffer.concat([encodeEcho(echo), Buffer.alloc(1)]);
    let sum = 0;
    for (let offset = 0; offset < packet.length; offset += 2) sum += packet.readUInt16BE(offset);
    expect((sum & 0xffff) + (sum >> 16)).toBe(0xffff);
  });

  it.each<[string, Buffer, boolean, boolean]>([
    ['the reply', encodeEcho(echo).fill(0, 0, 1), false, true],
    ['the request itself, which a raw socket on loopback sees too', encodeEcho(echo), false, false],
    ['a reply to another id', encodeEcho({ ...echo, id: 9 }).fill(0, 0, 1), false, false],
    ['a reply whose id the kernel chose', encodeEcho({ ...echo, id: 9 }).fill(0, 0, 1), true, true],
    ['a reply to another sequence', encodeEcho({ ...echo, sequence: 2 }).fill(0, 0, 1), false, false],
    ['a reply with other data', encodeEcho({ ...echo, payload: Buffer.from('abd') }).fill(0, 0, 1), false, false],
    ['a short packet', Buffer.from([0, 0]), false, false],
  ])('knows %s', (_, packet, anyId, wanted) => {
    expect(isReply(packet, echo, anyId)).toBe(wanted);
  });

  it('goes to a socket address of its family', () => {
    expect(socketAddress('192.0.2.1').toString('hex')).toBe('02000000c00002010000000000000000');
    expect(socketAddress('fe80::1', 3).toString('hex')).toBe('0a00000000000000fe80000000000000000000000000000103000000');
  });

  it('uses the C library where koffi is installed', async () => {
    const libc = await loadLibc();
    expect(libc.socket(-1, 0, 0)).toBe(-1);
    expect(libc.errnoName(libc.errno())).toBe('EAFNOSUPPORT');
  });
});

describe('a pattern', () => {
  it.each([
    ['PONG ${1}', 'PONG x'],
    ['$1$0', 'xa=x'],
    ['${name}-$name', 'x-x'],
    ['$$1', '$1'],
    ['$9', ''],
    ['no group', 'no group'],
  ])('expands %s', (template, wanted) => {
    const groups = compilePattern('a=(?P<name>.)').groups('..a=x..');
    expect(groups === undefined ? undefined : expand(template, groups)).toBe(wanted);
  });
});
