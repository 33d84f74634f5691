import { describe, expect, it } from 'vitest';
import { parseMdstat } from './mdstat.ts';

const only = (text: string) => parseMdstat(`Personalities : [raid1]\n${text}\nunused devices: <none>\n`)[0];

describe('parseMdstat', () => {
  it('finds nothing without arrays', () => {
    expect(parseMdstat('')).toEqual([]);
    expect(only('')).toBeUndefined();
  });
  it('reads a mirror that has lost a disk and gets a new one', () =>
    expect(
      only(
        'md6 : active raid1 sdb2[2](F) sdc[1](S) sda2[0]\n      195310144 blocks [2/1] [U_]\n      [=>...]  recovery =  8.5% (16775552/195310144) finish=17.0min\n',
      ),
    ).toEqual({ device: 'md6', state: 'recovering', active: 1, required: 2, failed: 1, spare: 1, blocks: 195310144, synced: 16775552 }));
  it.each([
    ['resync=DELAYED', 'resync', 0],
    ['[>.] check =  5.7% (50/100) finish', 'check', 50],
    ['[>.] resync =  5.7% (7/100) finish', 'resync', 7],
    ['[>.] reshape =  5.7% (9/100) finish', 'active', 9],
    ['bitmap: 0/1 pages [0KB], 65536KB chunk', 'active', 100],
  ])('reads %j', (line, state, synced) =>
    expect(only(`md0 : active raid1 sda[0] sdb[1]\n  100 blocks [2/2] [UU]\n  ${line}\n`)).toMatchObject({ state, synced }),
  );
  it('counts the disks of stripes by their numbers', () =>
    expect(only('md12 : active raid0 sdc2[0] sdd2[1]\n  88 blocks super 1.2 512k chunks\n')).toMatchObject({ active: 2, required: 2 }));
  it('reads an inactive container', () =>
    expect(only('md219 : inactive sdb[2](S) sda[0](S)\n        7932 blocks super external:imsm\n')).toMatchObject({
      state: 'inactive',
      required: 0,
      spare: 2,
      synced: 7932,
    }));
  it.each(['md0 : active raid1 sda[0]', 'md0 : active raid1 sda[0]\n  x blocks\n', 'md0 : active raid1 sda[0]\n  100 blocks\n'])(
    'refuses %j',
    (text) => expect(() => parseMdstat(text)).toThrow(/mdstat: md0: got/),
  );
});
