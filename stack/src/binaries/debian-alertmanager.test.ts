import { describe, expect, test } from 'vitest';
import { relocate } from './debian-alertmanager.ts';

const folder = '/usr/share/prometheus/alertmanager';

test('the template folder becomes relative and the program keeps its length', () => {
  const program = Buffer.from(`before${folder}after${folder}/ui/${folder}/no-ui`, 'latin1');
  const copy = relocate(program);
  expect(copy.toString('latin1')).toBe(`beforeusr/share/prometheus//alertmanagerafter${folder}/ui/${folder}/no-ui`);
  expect(copy.length).toBe(program.length);
  expect(program.toString('latin1')).toContain(`before${folder}after`);
});

describe('a program built otherwise is refused', () => {
  test.each([
    ['without the folder', 'nothing here', 'found its template folder 0 times'],
    ['with the folder twice', `${folder}a${folder}b`, 'found its template folder 2 times'],
    ['empty', '', 'found its template folder 0 times'],
  ])('%s', (_name, text, message) => {
    expect(() => relocate(Buffer.from(text))).toThrow(message);
  });
});
