import { hashSync } from 'bcryptjs';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from './certificates.fixture.ts';

const TESTDATA = new URL('testdata/', import.meta.url);

/** The names of the test files of a kind, without `.yml`. */
export function testFiles(kind: 'good' | 'bad'): readonly string[] {
  return readdirSync(new URL(kind, TESTDATA)).map((file) => file.replace('.yml', ''));
}

/** A temporary folder with fresh certificates and every test file, in which `@file@` and `@hash:password@` are filled in. */
export function layOut(): string {
  const folder = mkdtempSync(join(tmpdir(), 'presage-web-config-'));
  makeCertificates(folder);
  for (const kind of ['good', 'bad'] as const) {
    for (const name of testFiles(kind)) {
      const yaml = readFileSync(new URL(`${kind}/${name}.yml`, TESTDATA), 'utf8')
        .replace(/^( *)@([\w.]+)@$/gm, (_, indent: string, file: string) =>
          readFileSync(join(folder, file), 'utf8').trim().replace(/^/gm, indent),
        )
        .replace(/@hash:(\w+)@/g, (_, password: string) => hashSync(password, 4));
      writeFileSync(join(folder, `${name}.yml`), yaml);
    }
  }
  return folder;
}
