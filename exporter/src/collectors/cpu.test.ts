import { describe, expect, it } from 'vitest';
import { parseCpuList, parseCpuTimes, type CpuTimes } from './cpu.ts';
import { parseCpuinfo } from './cpu-info.ts';

const seconds = (text: string, counters: Map<string, CpuTimes>) => parseCpuTimes(text, counters).map((times) => [...times.seconds]);

describe('parseCpuTimes', () => {
  it('reads ticks of each CPU as seconds and leaves the sum of all out', () => {
    expect(seconds('cpu  3 3 3\ncpu0 301 4 120 4100 20 1 5 2 3 1\ncpu1 1 0 0 100 0 0 0 0 0 0\nintr 1\n', new Map())).toEqual([
      [3.01, 0.04, 1.2, 41, 0.2, 0.01, 0.05, 0.02, 0.03, 0.01],
      [0.01, 0, 0, 1, 0, 0, 0, 0, 0, 0],
    ]);
  });
  it('counts fields that old kernels lack as 0', () =>
    expect(seconds('cpu  1\ncpu0 100 0 0 200\n', new Map())).toEqual([[1, 0, 0, 2, 0, 0, 0, 0, 0, 0]]));
  it('holds a value that falls by a tick, so that no counter goes back', () => {
    const counters = new Map<string, CpuTimes>();
    seconds('cpu  0\ncpu0 100 0 0 1000 50\n', counters);
    expect(seconds('cpu  0\ncpu0 110 0 0 999 49\n', counters)[0].slice(0, 5)).toEqual([1.1, 0, 0, 10, 0.5]);
  });
  it('starts anew when idle falls by seconds: the CPU was unplugged', () => {
    const counters = new Map<string, CpuTimes>();
    seconds('cpu  0\ncpu0 100 0 0 1000 50\n', counters);
    expect(seconds('cpu  0\ncpu0 10 0 0 100 5\n', counters)[0].slice(0, 5)).toEqual([0.1, 0, 0, 1, 0.05]);
  });
  it('finds no CPU in an empty file', () => expect(seconds('', new Map())).toEqual([]));
});

describe('parseCpuList', () => {
  it.each([
    ['0,2-4\n', [0, 2, 3, 4]],
    ['\n', []],
    ['7', [7]],
  ])('reads %j', (text, cpus) => expect(parseCpuList(text)).toEqual(cpus));
  it('refuses another form', () => expect(() => parseCpuList('0,x-2')).toThrow(/cpu list: got "x-2"/));
});

describe('parseCpuinfo', () => {
  it('reads a block for each CPU, with colons in values and fields missing', () => {
    const text =
      'processor\t: 0\nmodel name\t: A: B @ 1.90GHz\nphysical id\t: 1\nflags\t\t: aes  avx\n\nprocessor\t: 1\n\nHardware\t: BCM\n';
    const cpus = parseCpuinfo(text);
    expect(cpus.map((cpu) => [cpu.labels['cpu'], cpu.labels['model_name'], cpu.labels['package'], cpu.flags])).toEqual([
      ['0', 'A: B @ 1.90GHz', '1', ['aes', 'avx']],
      ['1', '', '', []],
    ]);
  });
  it('gives the frequency in hertz, where the architecture writes one', () => {
    const cpus = parseCpuinfo('processor\t: 0\ncpu MHz\t\t: 799.998\n\nprocessor\t: 1\n');
    expect(cpus.map(({ hertz }) => hertz)).toEqual([799_998_000, undefined]);
  });
});
