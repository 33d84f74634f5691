import { arch, endianness, platform } from 'node:os';

/** The C functions that an echo request needs, as they are: negative results are errors, told by `errno`. */
export interface Libc {
  readonly socket: (domain: number, type: number, protocol: number) => number;
  readonly bind: (fd: number, address: Buffer, length: number) => number;
  readonly setsockopt: (fd: number, level: number, option: number, value: Buffer, length: number) => number;
  readonly sendto: (fd: number, data: Buffer, length: number, flags: number, address: Buffer, addressLength: number) => number;
  readonly recvmsg: (fd: number, header: Buffer, flags: number) => number;
  readonly clock_gettime: (clock: number, time: Buffer) => number;
  readonly close: (fd: number) => number;
  readonly errno: () => number;
  /** The name of an errno, as "EACCES". */
  readonly errnoName: (errno: number) => string;
  /** Where a buffer stands in memory. It must outlive every use of the number. */
  readonly address: (buffer: Buffer) => bigint;
}

let loaded: Promise<Libc> | undefined;

/** The C library by way of koffi, loaded once. Rejects where koffi is not installed, and on systems whose structures differ. */
export function loadLibc(): Promise<Libc> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Libc> {
  if (platform() !== 'linux' || endianness() !== 'LE' || !['x64', 'arm64', 'riscv64', 'loong64'].includes(arch()))
    throw new Error(`icmp: cannot be probed on ${platform()} ${arch()}, want 64-bit Linux`);
  const koffi = await import('koffi').catch((cause: unknown) => {
    throw new Error('icmp: the package koffi is not installed, want npm install koffi', { cause });
  });
  const library = koffi.load(null);
  const names = new Map(Object.entries(koffi.os.errno).map(([name, number]) => [number, name]));
  return {
    socket: library.func('int socket(int, int, int)'),
    bind: library.func('int bind(int, const void *, uint32_t)'),
    setsockopt: library.func('int setsockopt(int, int, int, const void *, uint32_t)'),
    sendto: library.func('long sendto(int, const void *, size_t, int, const void *, uint32_t)'),
    recvmsg: library.func('long recvmsg(int, void *, int)'),
    clock_gettime: library.func('int clock_gettime(int, void *)'),
    close: library.func('int close(int)'),
    errno: () => koffi.errno(),
    errnoName: (errno) => names.get(errno) ?? `errno ${errno}`,
    address: (buffer) => koffi.address(buffer),
  };
}
