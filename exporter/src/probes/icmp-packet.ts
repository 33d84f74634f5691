import { isIPv6 } from 'node:net';
import { ipv6Bytes } from './resolve.ts';

/** What an echo request carries; the reply carries it back. */
export interface Echo {
  readonly family: 4 | 6;
  readonly id: number;
  readonly sequence: number;
  readonly payload: Buffer;
}

/** An ICMP echo request (RFC 792, RFC 4443). The kernel writes the checksum of IPv6 itself. */
export function encodeEcho({ family, id, sequence, payload }: Echo): Buffer {
  const packet = Buffer.concat([Buffer.alloc(8), payload]);
  packet.writeUInt8(family === 4 ? 8 : 128, 0);
  packet.writeUInt16BE(id, 4);
  packet.writeUInt16BE(sequence, 6);
  if (family === 4) packet.writeUInt16BE(checksum(packet), 2);
  return packet;
}

/** Whether a packet is the reply to an echo request; `anyId` where the kernel chose the id. */
export function isReply(packet: Buffer, { family, id, sequence, payload }: Echo, anyId: boolean): boolean {
  return (
    packet.length === 8 + payload.length &&
    packet.readUInt8(0) === (family === 4 ? 0 : 129) &&
    (anyId || packet.readUInt16BE(4) === id) &&
    packet.readUInt16BE(6) === sequence &&
    packet.subarray(8).equals(payload)
  );
}

/** The ones' complement of the ones' complement sum of 16-bit words (RFC 1071). */
function checksum(packet: Buffer): number {
  let sum = 0;
  for (let offset = 0; offset + 1 < packet.length; offset += 2) sum += packet.readUInt16BE(offset);
  if (packet.length % 2 === 1) sum += packet.readUInt8(packet.length - 1) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** A `sockaddr_in` or `sockaddr_in6` of Linux. `scope` is the number of the interface of a link-local address. */
export function socketAddress(address: string, scope = 0): Buffer {
  if (!isIPv6(address)) return Buffer.from([2, 0, 0, 0, ...address.split('.').map(Number), 0, 0, 0, 0, 0, 0, 0, 0]);
  const structure = Buffer.alloc(28);
  structure.writeUInt16LE(10, 0);
  structure.set(ipv6Bytes(address), 8);
  structure.writeUInt32LE(scope, 24);
  return structure;
}
