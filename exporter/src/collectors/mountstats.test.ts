import { describe, expect, it } from 'vitest';
import { parseMountAddresses, parseMountstats } from './nfs-mountstats.ts';

const addresses = ['', '192.0.2.1'];
const mount = (rest: string) =>
  parseMountstats(
    `device proc mounted on /proc with fstype proc\ndevice nas:/srv mounted on /mnt/a\\040b with fstype nfs4 statvers=1.1\n\topts:\trw\n${rest}`,
    addresses,
  )[0];

describe('parseMountstats', () => {
  it('passes over what is no NFS mount or has no statistics', () => {
    const text = 'device proc mounted on /proc with fstype proc\ndevice h:/x mounted on /x with fstype nfs\n';
    expect(parseMountstats(text, addresses)).toEqual([]);
  });
  it('takes the protocol from the first transport and the address from the mount of the same place', () => {
    expect(mount('')).toMatchObject({ mountpoint: '/mnt/a b', protocol: '', mountaddr: '192.0.2.1', age: 0, events: [] });
    expect(mount('\txprt:\tudp 801 1 70 69 1 80 2 16 3 4\n')).toMatchObject({ protocol: 'udp' });
  });
  it('lines up the counts of transports of different kinds, and leaves out one that is cut', () => {
    const { transports } = mount(
      '\txprt:\ttcp 832 0 1 0 11 6428 6427 2 12154 3 24 26 5726\n\txprt:\tudp 832 9 70 69 1 80 2 16 3 4\n\txprt:\ttcp 832 0\n',
    );
    expect(transports).toEqual([
      {
        bind: 0,
        connect: 1,
        idle: 11,
        sends: 6428,
        receives: 6427,
        badTransactionIds: 2,
        backlog: 3,
        slots: 24,
        sending: 26,
        pending: 5726,
      },
      { bind: 9, connect: 0, idle: 0, sends: 70, receives: 69, badTransactionIds: 1, backlog: 2, slots: 16, sending: 3, pending: 4 },
    ]);
  });
  it('brings a time that ran below zero back into what doubles count', () => {
    const [read] = mount('\tper-op statistics\n\t        READ: 1 1 0 44 24 18446743919241604546 40 50 2\n').operations;
    expect(read.counts).toEqual([1, 1, 0, 44, 24, 9007044786793.922, 0.04, 0.05, 2]);
  });
  it('refuses an operation whose counts are none', () =>
    expect(() => mount('\tper-op statistics\n\t READ: 1 1 0 44 24 x 40 50\n')).toThrow(/mountstats: got/));
});

describe('parseMountAddresses', () => {
  it('reads the option of the file system, not of the mount', () => {
    const text = String.raw`21 1 8:1 / / rw,addr=x - ext4 /dev/sda1 rw
40 21 0:50 / /mnt/a\040b rw shared:9 - nfs4 nas:/srv rw,vers=4.2,addr=192.0.2.1,local_lock=none
`;
    expect([...parseMountAddresses(text)]).toEqual(addresses);
  });
});
