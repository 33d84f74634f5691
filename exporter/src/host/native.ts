/** System calls that Node has no function for. */
export interface Native {
  /** adjtimex(2) that changes nothing: the clock's state (TIME_OK 0 … TIME_ERROR 5) and its 208 bytes of struct timex. */
  adjtimex(): { readonly state: number; readonly timex: Buffer };
  /**
   * Sends one request on a netlink socket and gives the datagrams of the answer, up to the one that ends it. The kernel answers while
   * it is asked; a second without an answer is an error. `protocol` as in netlink(7): 0 is routing, 16 generic.
   */
  netlink(protocol: number, request: Buffer): Buffer[];
}

/** The C library's functions that are used, as koffi gives them: numbers in and out. */
export interface LibraryFunctions {
  call(declaration: string): (...parameters: readonly (number | Buffer)[]) => number;
}

const AF_NETLINK = 16;
const SOCK_RAW_CLOSE_ON_EXEC = 3 | 0x80000;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const TIMEX_BYTES = 208;
const ANSWER_BYTES = 256 * 1024;

/**
 * Loads the optional package koffi, and with it the native calls of a 64-bit Linux. Throws Error with what is missing: the collectors
 * that need it then have success 0, and say so once.
 */
export async function loadNative(platform: string, architecture: string): Promise<Native> {
  if (platform !== 'linux' || !SIXTY_FOUR_BITS.has(architecture))
    throw new Error(`native calls: got ${platform} on ${architecture}, want a Linux of 64 bits, little-endian`);
  return createNative(await loadLibrary());
}

const SIXTY_FOUR_BITS = new Set(['x64', 'arm64', 'riscv64', 'loong64']);

async function loadLibrary(): Promise<LibraryFunctions> {
  try {
    const { default: koffi } = await import('koffi');
    const library = koffi.load(null);
    return { call: (declaration) => library.func(declaration) };
  } catch (cause) {
    throw new Error('the optional package koffi is not installed or does not load here, so there are no native calls', { cause });
  }
}

/** The calls over functions of the C library. */
export function createNative(library: LibraryFunctions): Native {
  const adjtimex = library.call('int adjtimex(void *buffer)');
  const netlink = netlinkOver(library);
  return {
    adjtimex: () => {
      const timex = Buffer.alloc(TIMEX_BYTES);
      const state = adjtimex(timex);
      if (state < 0) throw new Error('adjtimex: refused by the system');
      return { state, timex };
    },
    netlink,
  };
}

function netlinkOver(library: LibraryFunctions): Native['netlink'] {
  const socket = library.call('int socket(int domain, int type, int protocol)');
  const setsockopt = library.call('int setsockopt(int fd, int level, int name, void *value, uint32_t length)');
  const send = library.call('int64_t send(int fd, void *buffer, size_t length, int flags)');
  const recv = library.call('int64_t recv(int fd, void *buffer, size_t length, int flags)');
  const close = library.call('int close(int fd)');
  return (protocol, request) => {
    const descriptor = socket(AF_NETLINK, SOCK_RAW_CLOSE_ON_EXEC, protocol);
    if (descriptor < 0) throw new Error(`netlink: the system gives no socket for protocol ${protocol}`);
    try {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, oneSecond(), 16);
      if (send(descriptor, request, request.length, 0) !== request.length) throw new Error('netlink: the request was not taken');
      return receiveAll((buffer) => recv(descriptor, buffer, buffer.length, 0));
    } finally {
      close(descriptor);
    }
  };
}

function oneSecond(): Buffer {
  const time = Buffer.alloc(16);
  time.writeBigInt64LE(1n);
  return time;
}

/** Datagrams until one that holds the end or an error as its last message. */
function receiveAll(receive: (buffer: Buffer) => number): Buffer[] {
  const datagrams: Buffer[] = [];
  const buffer = Buffer.allocUnsafe(ANSWER_BYTES);
  for (;;) {
    const length = receive(buffer);
    if (length <= 0) throw new Error('netlink: no answer within a second');
    const datagram = Buffer.from(buffer.subarray(0, length));
    datagrams.push(datagram);
    if (endsAnswer(datagram)) return datagrams;
  }
}

function endsAnswer(datagram: Buffer): boolean {
  for (let offset = 0; offset + 16 <= datagram.length;) {
    const type = datagram.readUInt16LE(offset + 4);
    const multipart = (datagram.readUInt16LE(offset + 6) & 2) !== 0;
    if (type === NLMSG_DONE || type === NLMSG_ERROR || !multipart) return true;
    offset += Math.max(16, (datagram.readUInt32LE(offset) + 3) & ~3);
  }
  return false;
}
