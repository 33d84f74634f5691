/** One NFS mount of /proc/self/mountstats. Counts in the file's order; what the kernel left out is missing at the end. */
export interface NfsMount {
  readonly export: string;
  readonly mountpoint: string;
  readonly protocol: string;
  readonly mountaddr: string;
  /** Seconds since the mount. */
  readonly age: number;
  readonly events: readonly number[];
  readonly bytes: readonly number[];
  readonly transports: readonly NfsTransport[];
  readonly operations: readonly NfsOperation[];
}

/** A connection; undefined is what its kind does not count. UDP has no connections and is never idle: 0. */
export interface NfsTransport {
  readonly bind: number;
  readonly connect: number;
  /** Seconds without traffic. */
  readonly idle: number;
  readonly sends: number;
  readonly receives: number;
  readonly badTransactionIds: number;
  readonly backlog: number;
  readonly slots: number | undefined;
  readonly sending: number | undefined;
  readonly pending: number | undefined;
}

/** Requests of one kind: requests, transmissions, timeouts, bytes out, bytes in, then seconds queued, in response, in all; errors last. */
export interface NfsOperation {
  readonly operation: string;
  readonly counts: readonly number[];
}

/**
 * The NFS mounts of a mountstats file (net/sunrpc/stats.c and fs/nfs/super.c). A device's lines run to the next line that begins with
 * `device`. `addresses` are those of the servers in the order of all mounts, as `parseMountAddresses` gives them.
 */
export function parseMountstats(text: string, addresses: readonly string[]): NfsMount[] {
  const mounts: NfsMount[] = [];
  const blocks = text.split(/^(?=device )/m).filter((block) => block.startsWith('device '));
  blocks.forEach((block, index) => {
    const match = /^device (\S+) mounted on (\S+) with fstype nfs4?( statvers=\S+)?$/m.exec(block);
    if (match !== null && match[3] !== undefined)
      mounts.push(parseMount(unescapeSpaces(match[1]), unescapeSpaces(match[2]), addresses[index] ?? '', block));
  });
  return mounts;
}

/** The option `addr` of each mount of a mountinfo file (proc_pid_mountinfo(5)), which lists the mounts in the order of mountstats. */
export function parseMountAddresses(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => /[ ,]addr=([^,\s]+)/.exec(line.slice(Math.max(0, line.indexOf(' - '))))?.[1] ?? '');
}

/** The kernel writes spaces, tabs, line ends and backslashes of a path in octal. */
function unescapeSpaces(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function parseMount(device: string, mountpoint: string, mountaddr: string, block: string): NfsMount {
  const field = (name: string) => words(new RegExp(`^\\s+${name}:\\s*(.*)$`, 'm').exec(block)?.[1] ?? '');
  const transports = [...block.matchAll(/^\s+xprt:\s+(\w+)\s+(.*)$/gm)];
  return {
    export: device,
    mountpoint,
    protocol: transports[0]?.[1] ?? '',
    mountaddr,
    age: numbers(field('age'))[0] ?? 0,
    events: numbers(field('events')),
    bytes: numbers(field('bytes')),
    transports: transports
      .map((match) => parseTransport(match[1], numbers(words(match[2]))))
      .filter((transport) => transport !== undefined),
    operations: parseOperations(block.split(/^\s+per-op statistics$/m)[1] ?? ''),
  };
}

/** Fields that each kind writes: port, binds, connects, seconds to connect, seconds idle, then as UDP; RDMA counts its own after the backlog. */
const KINDS: ReadonlyMap<string, { readonly connected: boolean; readonly queues: boolean }> = new Map([
  ['tcp', { connected: true, queues: true }],
  ['local', { connected: true, queues: true }],
  ['rdma', { connected: true, queues: false }],
  ['udp', { connected: false, queues: true }],
]);

/** The counts after the transport's kind; a kind that is not known, or a line that is cut, is left out. */
function parseTransport(name: string, counts: readonly number[]): NfsTransport | undefined {
  const kind = KINDS.get(name);
  if (kind === undefined) return undefined;
  const [sends, receives, badTransactionIds, , backlog, slots, sending, pending] = counts.slice(kind.connected ? 5 : 2);
  if (backlog === undefined) return undefined;
  const queues = kind.queues ? { slots, sending, pending } : { slots: undefined, sending: undefined, pending: undefined };
  const connection = { bind: counts[1], connect: kind.connected ? counts[2] : 0, idle: kind.connected ? counts[4] : 0 };
  return { ...connection, sends, receives, badTransactionIds, backlog, ...queues };
}

function parseOperations(text: string): NfsOperation[] {
  const operations: NfsOperation[] = [];
  for (const match of text.matchAll(/^\s+(\w+): (.*)$/gm)) {
    const fields = words(match[2]);
    if (fields.length < 8) continue;
    const counts = fields.map((word, index) => (index >= 5 && index <= 7 ? seconds(word) : Number(word)));
    if (counts.some(Number.isNaN)) throw new Error(`mountstats: got ${JSON.stringify(match[0].slice(0, 80))}, want counts`);
    operations.push({ operation: match[1], counts });
  }
  return operations;
}

/** Milliseconds since 2⁵³ as seconds: a 64-bit counter that ran below zero wraps where doubles still count by ones. */
function seconds(milliseconds: string): number {
  if (!/^\d+$/.test(milliseconds)) return Number.NaN;
  const value = Number(milliseconds);
  return (value < 2 ** 53 ? value : Number(BigInt(milliseconds) % 2n ** 53n)) / 1000;
}

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');
const numbers = (fields: readonly string[]): number[] => fields.map(Number);
