import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

// The golden output of node_exporter 1.5.0: reference data beside the repository, not in it.
const archive = fileURLToPath(new URL('../../../shared/exporter/fixtures-1.5.0.tar.gz', import.meta.url));
const absent = existsSync(archive) ? '' : `no ${archive}`;
if (absent !== '') console.log(`skipped: the help texts beside those of node_exporter: ${absent}`);

const golden = ['golden', 'golden-systems'].map((folder) => fileURLToPath(new URL(`../testdata/${folder}/`, import.meta.url)));
/** Shorter ones say what can hardly be said otherwise. */
const WORDS_FREE = 3;

/** Help texts of an exposition, without capitals and the stop at the end. */
function helpTexts(exposition: string): { readonly family: string; readonly text: string }[] {
  return [...exposition.matchAll(/^# HELP (\S+) (.*?)\.?$/gm)].map(([, family, text]) => ({ family, text: text.toLowerCase() }));
}

describe.skipIf(absent !== '')('the help texts', () => {
  it('are our own: none of more than three words is a sentence of node_exporter', () => {
    const theirs = execFileSync('tar', ['xzOf', archive, 'fixtures/e2e-output.txt'], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 });
    const taken = new Set(helpTexts(theirs).map(({ text }) => text));
    expect(taken.size).toBeGreaterThan(300);
    const ours = golden.flatMap((folder) =>
      readdirSync(folder)
        .map((file) => readFileSync(folder + file, 'utf8'))
        .flatMap(helpTexts),
    );
    expect(ours.length).toBeGreaterThan(800);
    expect(ours.filter(({ text }) => text.split(' ').length > WORDS_FREE && taken.has(text))).toEqual([]);
  });
});
