import { expect, it } from 'vitest';
import { namespaceId } from './nvme.ts';

it.each([
  ['nvme0n1', '1'],
  ['nvme10c3n12', '12'],
  ['nvme0', undefined],
  ['nvme0n1p1', undefined],
  ['hwmon1', undefined],
])('%s is namespace %s', (folder, id) => expect(namespaceId(folder)).toBe(id));
