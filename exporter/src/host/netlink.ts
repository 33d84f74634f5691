/** One message of a netlink answer: its type and what follows the header of 16 bytes. */
export interface NetlinkMessage {
  readonly type: number;
  readonly payload: Buffer;
}

const HEADER = 16;
const REQUEST = 1;
const DUMP = 0x300;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const ATTRIBUTE_TYPE = 0x3fff;

/** A request (netlink(7)) of the given type; `dump` asks for everything instead of one object. */
export function netlinkRequest(type: number, payload: Buffer, dump: boolean): Buffer {
  const request = Buffer.alloc(HEADER + payload.length);
  request.writeUInt32LE(request.length, 0);
  request.writeUInt16LE(type, 4);
  request.writeUInt16LE(REQUEST | (dump ? DUMP : 0), 6);
  request.writeUInt32LE(1, 8);
  payload.copy(request, HEADER);
  return request;
}

/** An attribute of a request: its number and content, filled up to four bytes. */
export function netlinkAttribute(type: number, content: Buffer): Buffer {
  const attribute = Buffer.alloc((4 + content.length + 3) & ~3);
  attribute.writeUInt16LE(4 + content.length, 0);
  attribute.writeUInt16LE(type, 2);
  content.copy(attribute, 4);
  return attribute;
}

/** The kernel refused a request; `errno` says why. */
export class NetlinkError extends Error {
  override readonly name = 'NetlinkError';
  readonly errno: number;

  constructor(errno: number) {
    super(`netlink: the kernel answered with error ${errno}`);
    this.errno = errno;
  }
}

/** The messages of an answer. Throws NetlinkError where the kernel refused, Error where lengths do not fit. */
export function netlinkMessages(datagrams: readonly Buffer[]): NetlinkMessage[] {
  const messages: NetlinkMessage[] = [];
  for (const datagram of datagrams) {
    for (let offset = 0; offset + HEADER <= datagram.length;) {
      const length = datagram.readUInt32LE(offset);
      const type = datagram.readUInt16LE(offset + 4);
      if (length < HEADER || offset + length > datagram.length) throw new Error(`netlink: got a message of ${length} bytes, want it whole`);
      const payload = datagram.subarray(offset + HEADER, offset + length);
      if (type === NLMSG_ERROR && payload.readInt32LE(0) !== 0) throw new NetlinkError(-payload.readInt32LE(0));
      if (type !== NLMSG_ERROR && type !== NLMSG_DONE) messages.push({ type, payload });
      offset += (length + 3) & ~3;
    }
  }
  return messages;
}

/** Attributes by their number, of a message's payload from `offset` on or of another attribute. What is cut is left out. */
export function netlinkAttributes(payload: Buffer, offset = 0): ReadonlyMap<number, Buffer> {
  const attributes = new Map<number, Buffer>();
  let at = offset;
  while (at + 4 <= payload.length) {
    const length = payload.readUInt16LE(at);
    if (length < 4 || at + length > payload.length) break;
    attributes.set(payload.readUInt16LE(at + 2) & ATTRIBUTE_TYPE, payload.subarray(at + 4, at + length));
    at += (length + 3) & ~3;
  }
  return attributes;
}
