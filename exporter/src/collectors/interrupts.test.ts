import { describe, expect, it } from 'vitest';
import { parseInterruptTable } from './interrupt-table.ts';
import { describeInterrupt } from './interrupts.ts';

describe('parseInterruptTable', () => {
  it('keeps the numbers of CPUs where some are off, and leaves out lines with too few counts', () => {
    const { cpus, lines } = parseInterruptTable('  CPU0  CPU3\n 0: 18 2 IR-IO-APIC  timer\nIPI0:1 2 Rescheduling\nERR: 7\n\n');
    expect(cpus).toEqual(['0', '3']);
    expect(lines).toEqual([
      { name: '0', counts: [18, 2], rest: ['IR-IO-APIC', 'timer'] },
      { name: 'IPI0', counts: [1, 2], rest: ['Rescheduling'] },
    ]);
  });
  it.each(['', 'x y\n0: 1 2', 'CPU0 CPU1\n0: 1 x timer'])('refuses %j', (text) =>
    expect(() => parseInterruptTable(text)).toThrow(/interrupts: got/),
  );
});

describe('describeInterrupt', () => {
  it('splits what a numbered interrupt says into controller and devices', () => {
    expect(describeInterrupt({ name: '16', counts: [], rest: ['IO-APIC', '16-fasteoi', 'usb1,', 'mmc0'] })).toEqual({
      info: 'IO-APIC',
      devices: '16-fasteoi usb1, mmc0',
    });
    expect(describeInterrupt({ name: 'NMI', counts: [], rest: ['Non-maskable', 'interrupts'] })).toEqual({
      info: 'Non-maskable interrupts',
      devices: '',
    });
  });
});
