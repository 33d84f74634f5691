import { describe, expect, it } from 'vitest';
import { namedReader, parsePoolIo } from './zfs-kstat.ts';

const read = (text: string) => {
  const found: [string, number][] = [];
  namedReader('node_zfs_arc', new Set(['3', '4']))(text, ({ name }, value) => found.push([name, value]));
  return found;
};

describe('namedReader', () => {
  it('gives values of the types asked for, with names that Prometheus takes', () =>
    expect(read('6 1 0x01 91 4368 5 9\nname   type data\nhits    4    12\nc-min   3   -1\nstate 7 ONLINE\n\n')).toEqual([
      ['node_zfs_arc_hits', 12],
      ['node_zfs_arc_c_min', -1],
    ]));
  it.each(['', 'hits 4 12\n', 'name type data\nhits 4 x\n', 'name type data\nhits 4\n'])('refuses %j', (text) =>
    expect(() => read(text)).toThrow(/want/),
  );
});

describe('parsePoolIo', () => {
  const head = 'nread nwritten reads writes wtime wlentime wupdate rtime rlentime rupdate wcnt rcnt';
  it('joins names and numbers', () =>
    expect(parsePoolIo(`1 2 3\n${head}\n1 2 3 4 5 6 7 8 9 10 11 12\n`).slice(0, 2)).toEqual([
      { field: 'nread', value: 1 },
      { field: 'nwritten', value: 2 },
    ]));
  it('gives nothing for a newer form', () => expect(parsePoolIo('name type data\n')).toEqual([]));
  it('refuses a short line', () => expect(() => parsePoolIo(`${head}\n1 2\n`)).toThrow(/12 numbers/));
});
