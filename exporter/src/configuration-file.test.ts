import { silentLogger } from '@presage/service/log.ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { collectorsOn } from './collectors/platforms.ts';
import { openProbes, parseWithFile } from './configuration-file.ts';
import { collectorFlags, exporterFlags } from './flags.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-exporter-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, yaml: string): string => {
  writeFileSync(join(folder, name), yaml);
  return join(folder, name);
};
const flags = { exporter: exporterFlags, collectors: collectorFlags(collectorsOn('linux')) };
const program = { name: 'presage-exporter', version: '1', help: 'x', flags };

describe('--config.file', () => {
  it('says what flags say, of the exporter and of its collectors, and the command line goes before', () => {
    const file = write(
      'good.yml',
      'web: { max-requests: 7, telemetry-path: /m }\ncollector: { cpu: off, filesystem.mount-points-exclude: ^/x }\nprobes: []\n',
    );
    const parsed = parseWithFile(program, [`--config.file=${file}`, '--web.telemetry-path=/line']);
    expect(parsed).toMatchObject({
      values: {
        exporter: { 'web.max-requests': 7, 'web.telemetry-path': '/line' },
        collectors: { cpu: { 'collector.cpu': false }, filesystem: { 'collector.filesystem.mount-points-exclude': '^/x' } },
      },
    });
  });

  it.each<[string, string, RegExp]>([
    [
      'an unknown flag',
      'web.max-request: 7\n',
      /bad\.yml:1: web\.max-request: got an unknown key, want web\.max-requests, if that was meant$/,
    ],
    [
      'an unknown collector',
      'collector:\n  cpuu: on\n',
      /bad\.yml:2: collector\.cpuu: got an unknown key, want collector\.cpu, if that was meant$/,
    ],
    [
      'every fault at once',
      'web.max-requests: x\nlog.level: loud\n',
      /bad\.yml:1: .*\n.*bad\.yml:2: log\.level: got "loud", want one of debug, info/,
    ],
  ])('is refused with %s', (_, yaml, fault) => {
    expect(() => parseWithFile(program, [`--config.file=${write('bad.yml', yaml)}`])).toThrow(fault);
  });

  it('names no other file', () => {
    const file = write('inner.yml', 'config.file: other.yml\n');
    expect(() => parseWithFile(program, [`--config.file=${file}`])).toThrow(
      `${file}: config.file: got a file named by a file, want it on the command line alone`,
    );
  });

  it('that is not there is refused by its flag', () => {
    expect(() => parseWithFile(program, ['--config.file=/nowhere.yml'])).toThrow(
      /^--config\.file: got "\/nowhere\.yml" \(ENOENT.*want a file that can be read$/,
    );
  });
});

describe('the probes', () => {
  const names = (values: { 'config.file'?: string; 'probe.config.file'?: string }) => {
    const { modules, probes } = openProbes({ 'config.file': '', 'probe.config.file': '', ...values }, silentLogger)();
    return [...modules.keys(), ...probes.map(({ name }) => name)].join(' ');
  };
  const built = 'http_2xx http_post_2xx tcp_connect icmp';

  it.each<[string, () => string, string]>([
    ['without a file', () => names({}), built],
    ['from a file of flags without probes', () => names({ 'config.file': write('a.yml', 'web.max-requests: 7\n') }), built],
    [
      'from a file of flags, with the built-in modules',
      () => names({ 'config.file': write('b.yml', 'log.level: info\nprobes: [{ name: x, target: a }]\n') }),
      `${built} x`,
    ],
    [
      'from a file of their own',
      () => names({ 'probe.config.file': write('c.yml', 'modules: { m: { prober: tcp } }\nprobes: [{ target: "a:1", module: m }]\n') }),
      'm a:1',
    ],
  ])('come %s', (_, given, wanted) => {
    expect(given()).toBe(wanted);
  });

  it('are refused in both files', () => {
    const file = write('d.yml', 'modules: { m: { prober: tcp } }\n');
    expect(() => names({ 'config.file': file, 'probe.config.file': file })).toThrow(
      '--probe.config.file: got probes in --config.file as well',
    );
  });

  it('refuse flags in a file of their own', () => {
    expect(() => names({ 'probe.config.file': write('e.yml', 'web.max-requests: 7\n') })).toThrow(
      'e.yml:1: web.max-requests: got an unknown key, want one of modules, probes',
    );
  });

  it('follow their file, and stay with the last good one', () => {
    const file = write('f.yml', 'probes: [{ name: x, target: a }]\n');
    const config = openProbes({ 'config.file': '', 'probe.config.file': file }, silentLogger);
    writeFileSync(file, 'probes: [{ name: x, target: a }, { name: y, target: b }]\n');
    expect(config().probes).toHaveLength(2);
    writeFileSync(file, 'probes: [');
    expect(config().probes).toHaveLength(2);
  });
});
