import { describe, expect, it } from 'vitest';
import { parseMountinfo } from './filesystem-mounts.ts';

const root = '21 0 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro';

describe('parseMountinfo', () => {
  it('reads device, type and numbers behind optional fields', () => {
    expect(parseMountinfo(`${root}\n`, '')).toEqual([
      { device: '/dev/sda1', mountPoint: '/', fsType: 'ext4', major: '8', minor: '1', readOnly: false },
    ]);
  });
  it('takes a mount without optional fields and without super options', () =>
    expect(parseMountinfo('1 1 0:5 / /x rw - rootfs rootfs\n', '')).toHaveLength(1));
  it('undoes the kernel’s octal escapes', () => {
    expect(parseMountinfo('1 1 0:5 / /a\\040b\\011c\\134d rw - nfs srv:/e\\040f rw\n', '')[0]).toMatchObject({
      mountPoint: '/a b\tc\\d',
      device: 'srv:/e f',
    });
  });
  it.each([
    ['ro,relatime', 'rw', true],
    ['rw', 'ro', true],
    ['rw', 'rw,errors=remount-ro', false],
  ])('mount %s over file system %s is read-only: %s', (mount, whole, readOnly) => {
    expect(parseMountinfo(`1 1 0:5 / /x ${mount} - ext4 /dev/a ${whole}\n`, '')[0].readOnly).toBe(readOnly);
  });
  it.each([
    ['/host', '/host', '/'],
    ['/host', '/host/var', '/var'],
    ['/host', '/hostile', '/hostile'],
    ['', '/host', '/host'],
  ])('under the root %j, %s is %s', (rootfs, path, seen) =>
    expect(parseMountinfo(`1 1 0:5 / ${path} rw - ext4 /dev/a rw\n`, rootfs)[0].mountPoint).toBe(seen),
  );
  it.each(['nonsense\n', '1 1 0:5 / /x rw ext4 /dev/a rw\n', '1 1 05 / /x rw - ext4 /dev/a rw\n'])('refuses %j', (text) =>
    expect(() => parseMountinfo(text, '')).toThrow(/mountinfo: got/),
  );
});
