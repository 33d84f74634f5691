import type { Libc } from './libc.ts';

/** A packet as it arrived. */
export interface Arrival {
  /** From the ICMP header on. It is overwritten by the next arrival. */
  readonly packet: Buffer;
  /** The sender, as the bytes of a socket address; overwritten as well. */
  readonly from: Buffer;
  /** When the kernel received it, in nanoseconds since 1970; undefined if it did not say. */
  readonly at: bigint | undefined;
  readonly hopLimit: number | undefined;
}

/** A socket for echo requests that never blocks. */
export interface IcmpSocket {
  /** Whether the kernel chooses the id of requests, and gives only the replies to them. */
  readonly kernelId: boolean;
  /** Sets the hop limit of what is sent. */
  setHopLimit(hops: number): void;
  /** Forbids routers to cut what is sent into pieces. IPv4 only. */
  forbidFragments(): void;
  bind(address: Buffer): void;
  /** Sends, and gives the time in nanoseconds since 1970 just before. */
  send(packet: Buffer, to: Buffer): bigint;
  /** The next packet that has arrived, or undefined. */
  receive(): Arrival | undefined;
  close(): void;
}

const SOCK_DGRAM = 2;
const SOCK_RAW = 3;
const SOCK_NONBLOCK_CLOEXEC = 0o2004000;
const SOL_SOCKET = 1;
const SO_TIMESTAMPNS = 35;
const IPPROTO = { 4: 1, 6: 58 } as const;
const LEVEL = { 4: 0, 6: 41 } as const;
const RECEIVE_HOP_LIMIT = { 4: 12, 6: 51 } as const;
const ARRIVED_HOP_LIMIT = { 4: 2, 6: 52 } as const;
const SET_HOP_LIMIT = { 4: 2, 6: 16 } as const;
const IP_MTU_DISCOVER = 10;
const IP_PMTUDISC_DO = 2;
const EAGAIN = 11;

/** Opens a socket: without rights where net.ipv4.ping_group_range allows it, else raw, which needs CAP_NET_RAW. Throws Error. */
export function openIcmpSocket(libc: Libc, family: 4 | 6): IcmpSocket {
  const domain = family === 4 ? 2 : 10;
  const unprivileged = libc.socket(domain, SOCK_DGRAM | SOCK_NONBLOCK_CLOEXEC, IPPROTO[family]);
  const fd = unprivileged >= 0 ? unprivileged : libc.socket(domain, SOCK_RAW | SOCK_NONBLOCK_CLOEXEC, IPPROTO[family]);
  if (fd < 0)
    throw new Error(`icmp: no socket (${libc.errnoName(libc.errno())}), want CAP_NET_RAW or a group in net.ipv4.ping_group_range`);
  const check = (result: number, what: string) => {
    if (result < 0) throw new Error(`icmp: ${what} failed (${libc.errnoName(libc.errno())})`);
  };
  const set = (level: number, option: number, value: number, what: string) =>
    check(libc.setsockopt(fd, level, option, int32(value), 4), what);
  set(SOL_SOCKET, SO_TIMESTAMPNS, 1, 'asking for timestamps');
  set(LEVEL[family], RECEIVE_HOP_LIMIT[family], 1, 'asking for hop limits');
  const arrivals = arrivalBuffers(libc);
  const time = Buffer.alloc(16);
  return {
    kernelId: unprivileged >= 0,
    setHopLimit: (hops) => set(LEVEL[family], SET_HOP_LIMIT[family], hops, 'setting the hop limit'),
    forbidFragments: () => set(LEVEL[4], IP_MTU_DISCOVER, IP_PMTUDISC_DO, 'forbidding fragments'),
    bind: (address) => check(libc.bind(fd, address, address.length), 'binding to the source address'),
    send: (packet, to) => {
      libc.clock_gettime(0, time);
      check(libc.sendto(fd, packet, packet.length, 0, to, to.length), 'sending');
      return nanoseconds(time, 0);
    },
    receive: () => {
      const length = libc.recvmsg(fd, arrivals.prepared(), 0);
      if (length < 0 && libc.errno() !== EAGAIN) check(length, 'receiving');
      return length < 0 ? undefined : arrivals.read(length, family, unprivileged < 0);
    },
    close: () => void libc.close(fd),
  };
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

const nanoseconds = (bytes: Buffer, offset: number): bigint =>
  bytes.readBigInt64LE(offset) * 1_000_000_000n + bytes.readBigInt64LE(offset + 8);

/** `struct msghdr` of 64-bit Linux with what it points to, in one piece of memory that stays where it is. */
function arrivalBuffers(libc: Libc) {
  const memory = Buffer.alloc(66_048);
  const [header, vector, from, control, data] = [0, 56, 72, 104, 512].map((offset, index) =>
    memory.subarray(offset, [56, 72, 100, 504, memory.length][index]),
  );
  const base = libc.address(memory);
  vector.writeBigUInt64LE(base + 512n, 0);
  vector.writeBigUInt64LE(BigInt(data.length), 8);
  header.writeBigUInt64LE(base + 72n, 0);
  header.writeBigUInt64LE(base + 56n, 16);
  header.writeBigUInt64LE(1n, 24);
  header.writeBigUInt64LE(base + 104n, 32);
  return {
    /** The header, with the lengths that the last call has changed set again. */
    prepared: () => {
      header.writeUInt32LE(from.length, 8);
      header.writeBigUInt64LE(BigInt(control.length), 40);
      return header;
    },
    read: (length: number, family: 4 | 6, raw: boolean): Arrival => {
      // A raw IPv4 socket gives the IP header too; its first byte holds its length in words.
      const start = raw && family === 4 ? (data.readUInt8(0) & 15) * 4 : 0;
      const messages = control.subarray(0, Number(header.readBigUInt64LE(40)));
      return { packet: data.subarray(start, length), from, ...controlFacts(messages, family) };
    },
  };
}

/** Walks the control messages (cmsg(3)): length, level, type, data, each at a multiple of 8 bytes. */
function controlFacts(messages: Buffer, family: 4 | 6): Pick<Arrival, 'at' | 'hopLimit'> {
  let at: bigint | undefined;
  let hopLimit: number | undefined;
  for (let offset = 0; offset + 16 <= messages.length;) {
    const length = Number(messages.readBigUInt64LE(offset));
    const [level, type] = [messages.readInt32LE(offset + 8), messages.readInt32LE(offset + 12)];
    if (level === SOL_SOCKET && type === SO_TIMESTAMPNS) at = nanoseconds(messages, offset + 16);
    if (level === LEVEL[family] && type === ARRIVED_HOP_LIMIT[family]) hopLimit = messages.readInt32LE(offset + 16);
    offset += Math.max(16, Math.ceil(length / 8) * 8);
  }
  return { at, hopLimit };
}
