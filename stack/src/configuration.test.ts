import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { renderPlain, renderPrometheus, setEverywhere } from './configuration.ts';

describe('replacements', () => {
  const replacements = { 'exporter:9100': '127.0.0.1:19100', '/etc/prometheus/': '/home/me/rules/', 'this-host': 'laptop' };

  test.each([
    ['a target', 'targets: ["exporter:9100"]', { targets: ['127.0.0.1:19100'] }],
    ['an address within a URL', 'url: http://exporter:9100/metrics', { url: 'http://127.0.0.1:19100/metrics' }],
    ['a folder', 'rule_files: [/etc/prometheus/rules/*.yml]', { rule_files: ['/home/me/rules/rules/*.yml'] }],
    ['not a key', 'exporter:9100: this-host', { 'exporter:9100': 'laptop' }],
    ['not a number', 'port: 9100', { port: 9100 }],
    ['nothing in an empty file', '', null],
  ])('%s', (_name, text, wanted) => {
    expect(parse(renderPlain(text, 'a.yml', replacements))).toEqual(wanted);
  });

  test('a longer name is not cut by a shorter one', () => {
    expect(renderPlain('[db:1, db:11]', 'a.yml', { 'db:1': 'A', 'db:11': 'B' })).toContain('[ A, B ]');
  });

  test('the file that it comes from is named at its top', () => {
    expect(renderPlain('# mine\na: 1', 'provisioning/a.yml', {})).toMatch(/^# Rendered from provisioning\/a.yml at every start/);
  });

  test('what is no YAML is refused with its file and place', () => {
    expect(() => renderPlain('a: [1', 'provisioning/a.yml', {})).toThrow(/^provisioning\/a.yml: .*line 1/s);
  });
});

test('a key is set wherever it stands, and nothing else', () => {
  const text = 'for: 5m\nrules:\n  - { alert: A, for: 1h }\n  - { alert: for, keep_firing_for: 1h }\n';
  expect(parse(setEverywhere(text, 'rules.yml', 'for', '15s'))).toEqual({
    for: '15s',
    rules: [
      { alert: 'A', for: '15s' },
      { alert: 'for', keep_firing_for: '1h' },
    ],
  });
});

describe('prometheus.yml', () => {
  const text = 'scrape_configs:\n  - job_name: node\n';

  test('gets the section remote_write from its own file, with its addresses replaced', () => {
    const remoteWrite = 'remote_write:\n  - url: http://sidecar:9867/api/v1/write\n';
    expect(parse(renderPrometheus(text, 'p.yml', { 'sidecar:9867': '127.0.0.1:1' }, { remoteWrite }))).toEqual({
      scrape_configs: [{ job_name: 'node' }],
      remote_write: [{ url: 'http://127.0.0.1:1/api/v1/write' }],
    });
  });

  test('gets more scrape configurations at the end', () => {
    const scrapeConfigs = [{ job_name: 'demo', static_configs: [{ targets: ['127.0.0.1:1'] }] }];
    expect(parse(renderPrometheus(text, 'p.yml', {}, { scrapeConfigs }))).toEqual({
      scrape_configs: [{ job_name: 'node' }, ...scrapeConfigs],
    });
  });
});
