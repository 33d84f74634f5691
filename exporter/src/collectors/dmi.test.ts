import { describe as group, expect, it } from 'vitest';
import { describe } from './dmi.ts';

group('the labels of DMI', () => {
  it('leave out what cannot be read, and keep what is blank', () => {
    const fields = new Map([
      ['bios_vendor', 'A "B"\n'],
      ['chassis_asset_tag', ' \n'],
      ['sys_vendor', 'Maker\n'],
    ]);
    expect(describe((field) => fields.get(field))).toBe(String.raw`{bios_vendor="A \"B\"",chassis_asset_tag="",system_vendor="Maker"}`);
  });
  it('are nothing where nothing can be read', () => expect(describe(() => undefined)).toBe(''));
});
