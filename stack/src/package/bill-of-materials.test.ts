import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { billOfMaterials } from './bill-of-materials.ts';
import { packagedPrograms } from './program.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly object[];
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
}

test.each(packagedPrograms)('the bill of materials of $name holds each of its packages, and theirs', (program) => {
  const bill: { readonly components: readonly Component[] } = JSON.parse(billOfMaterials(root, program));
  const wanted: { readonly dependencies: object } = JSON.parse(readFileSync(`${root}${program.workspace}/package.json`, 'utf8'));
  const names = bill.components.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(Object.keys(wanted.dependencies)));
  expect(names).not.toContain('vitest');
  expect(new Set(names).size).toBeGreaterThan(Object.keys(wanted.dependencies).length);
  for (const { licenses, hashes, purl } of bill.components) {
    expect(licenses).toHaveLength(1);
    expect(hashes[0]).toEqual({ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) });
    expect(purl).toMatch(/^pkg:npm\/\S+@\d/);
  }
});
