import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parseConfiguration } from '../../ml-sidecar/src/configuration/parse.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = readFileSync(`${root}docs/security.md`, 'utf8');
const rows = [...text.matchAll(/^\| (.+) \| (.+) \| `([^`]+\.test\.ts)`: ?(.*) \|$/gm)].map(([, threat, , file, name]) => ({
  threat,
  file,
  name,
}));

it('the threat model has a test for every threat', () => {
  const table = text.slice(text.indexOf('## Threats'), text.indexOf('HTTP request smuggling'));
  const threats = table.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| threat'));
  expect(rows.length).toBeGreaterThan(15);
  expect(rows).toHaveLength(threats.length);
});

it.each(rows)('$threat: $file', ({ file, name }) => {
  expect(existsSync(root + file)).toBe(true);
  const source = readFileSync(root + file, 'utf8');
  expect(source).toMatch(/\b(?:it|test)(?:\.each)?\(/);
  expect(source).toContain(name);
});

it('the configuration that it shows is one', () => {
  const yaml = /```yaml\n(api:[^]*?)```/.exec(text)?.[1] ?? '';
  const file = `prometheus: { url: "http://127.0.0.1:9090" }\n${yaml}watches: [{ name: w, expr: up }]\n`;
  expect(parseConfiguration(file, { forecasters: ['auto'], detectors: ['auto'] })).toHaveProperty('configuration.api.others', 'none');
});
