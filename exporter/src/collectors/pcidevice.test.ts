import { describe, expect, it } from 'vitest';
import { pciNames } from './pci-ids.ts';
import { locationOf, parseSpeed } from './pcidevice.ts';

it('reads locations and nothing else', () => {
  expect(locationOf('0000:03:1f.7')).toEqual({ segment: '0000', bus: '03', device: '1f', function: '7' });
  expect(locationOf('pci0000:00')).toBeUndefined();
});

it.each([
  ['8.0 GT/s PCIe\n', 8e9],
  ['2.5 GT/s', 2.5e9],
  ['Unknown\n', -1],
  ['', -1],
])('the speed %j is %d', (text, speed) => expect(parseSpeed(text)).toBe(speed));

describe('pciNames', () => {
  const names = pciNames(
    '# head\n8086  Intel\n\t1533  I210\n\t\t103c 0003  Ethernet I210-T1\n\t\nC 01  Storage\n\t08  Non-Volatile memory\n\t\t02  NVM Express\n',
  );
  it('finds each level', () => {
    expect(names.vendor('0x8086')).toBe('Intel');
    expect(names.device('0x8086', '0x1533')).toBe('I210');
    expect(names.subsystem('0x8086', '0x1533', '0x103c', '0x0003')).toBe('Ethernet I210-T1');
    expect([names.class('0x010802'), names.class('0x0108ff'), names.class('0x01ffff')]).toEqual([
      'NVM Express',
      'Non-Volatile memory',
      'Storage',
    ]);
  });
  it('lets what it does not know stand for itself', () => {
    expect(names.vendor('0x1234')).toBe('0x1234');
    expect(names.class('0xff0000')).toBe('0xff0000');
  });
});
