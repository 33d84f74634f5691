import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { collectors } from './collectors/index.ts';
import { readExposition } from './testing/exposition-lines.ts';

// Every family of node_exporter 1.12.1's golden output: reference data beside the repository, not in it.
const shared = fileURLToPath(new URL('../../../shared/exporter', import.meta.url));
const list = join(shared, 'families-1.12.tsv');
const absent = existsSync(list) ? '' : `no ${list}`;
if (absent !== '') console.log(`skipped: the families of node_exporter 1.12: ${absent}`);

interface WantedFamily {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** The families of the collectors that are on by default. */
function wantedFamilies(): WantedFamily[] {
  const rows = readFileSync(list, 'utf8').trim().split('\n');
  return rows
    .map((row) => row.split('\t'))
    .filter(([, , , , on]) => on === 'on')
    .map(([name, type, labels]) => ({ name, type, labels: labels.split(',').filter((label) => label !== '') }));
}

/** Names in the golden output of the 1.5.0 fixture tree, which golden-1.5.test.ts compares value by value. */
function familiesOf15(): Set<string> {
  const { stdout } = spawnSync('tar', ['xzOf', join(shared, 'fixtures-1.5.0.tar.gz'), 'fixtures/e2e-output.txt'], { encoding: 'utf8' });
  return new Set([...stdout.matchAll(/^# TYPE (\S+) /gm)].map((match) => match[1]));
}

/** Type and label names of each family on the fixture host; two collectors may show the same family. */
function shownFamilies(): Map<string, { readonly type: string; readonly labels: Set<string> }> {
  const folder = fileURLToPath(new URL('../testdata/golden', import.meta.url));
  const shown = new Map<string, { readonly type: string; readonly labels: Set<string> }>();
  for (const { name, type, samples } of readdirSync(folder).flatMap((file) => readExposition(readFileSync(`${folder}/${file}`, 'utf8')))) {
    const family = shown.get(name) ?? { type, labels: new Set() };
    for (const sample of samples) for (const label of sample.labels.keys()) family.labels.add(label);
    shown.set(name, family);
  }
  return shown;
}

describe.skipIf(absent !== '')('the fixture host', () => {
  it('shows every family that node_exporter 1.12 shows by default and the 1.5 tree lacks, each with its type and at least its labels', () => {
    expect(collectors.length).toBeGreaterThan(60);
    const [shown, in15, faults] = [shownFamilies(), familiesOf15(), new Array<string>()];
    expect(in15.size).toBeGreaterThan(700);
    for (const { name, type, labels } of wantedFamilies()) {
      const family = shown.get(name);
      if (family === undefined) {
        if (!in15.has(name)) faults.push(`${name}: not shown`);
        continue;
      }
      if (family.type !== type) faults.push(`${name}: got ${family.type}, want ${type}`);
      for (const label of labels) if (!family.labels.has(label)) faults.push(`${name}: want the label ${label}`);
    }
    expect(faults).toEqual([]);
  });
});
