import { listFlags, type Flag } from '@presage/service/flags.ts';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { silentLogger } from '@presage/service/log.ts';
import { collectorsOn } from './collectors/platforms.ts';
import { openProbes, parseWithFile } from './configuration-file.ts';
import { collectorFlags, exporterFlags } from './flags.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-exporter-file-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'exporter.yml');

/** What the program makes of words and of a file; the file's own name is left out. */
function valuesOf(platform: string, words: readonly string[], yaml?: string): unknown {
  const flags = { exporter: exporterFlags, collectors: collectorFlags(collectorsOn(platform)) };
  if (yaml !== undefined) writeFileSync(file, yaml);
  const parsed = parseWithFile(
    { name: 'x', version: '1', help: 'x', flags },
    yaml === undefined ? words : [...words, `--config.file=${file}`],
  );
  if ('text' in parsed) throw new Error('asks for help');
  return { ...parsed.values, exporter: { ...parsed.values.exporter, 'config.file': '' } };
}

/** Texts other than the default that the flag takes. */
function otherTexts(name: string, flag: Flag<unknown>): readonly string[] {
  if (name === 'web.telemetry-path') return ['/other'];
  if (name === 'collector.ipvs.backend-labels') return ['proto,local_port'];
  if (name === 'web.listen-address') return ['127.0.0.1:1234', ':4321'];
  if (flag.kind === 'boolean') return [flag.defaultText === 'true' ? 'false' : 'true'];
  if (flag.kind === 'int') return ['7'];
  if (flag.kind === 'duration') return ['1m17s'];
  if (flag.kind === 'list') return ['first', 'second'];
  return [flag.choices.find((choice) => choice !== flag.defaultText) ?? 'other'];
}

const wordsOf = (name: string, flag: Flag<unknown>, texts: readonly string[]) =>
  texts.map((text) => (flag.kind === 'boolean' ? `--${text === 'true' ? '' : 'no-'}${name}` : `--${name}=${text}`));
/** As a person would write it: switches and numbers without quotes. */
const yamlOf = (flag: Flag<unknown>, texts: readonly string[]) =>
  flag.kind === 'list' ? JSON.stringify(texts) : flag.kind === 'boolean' || flag.kind === 'int' ? texts[0] : JSON.stringify(texts[0]);

describe.each(['linux', 'darwin', 'win32'])('on %s the file', (platform) => {
  const schema = { exporter: exporterFlags, collectors: collectorFlags(collectorsOn(platform)) };
  const named = [...listFlags(schema)].filter(([name]) => name !== 'config.file');

  it.each(named)('says %s as the flag does, flat and nested', (name, flag) => {
    const texts = otherTexts(name, flag);
    const byFlag = valuesOf(platform, wordsOf(name, flag, texts));
    expect(byFlag).not.toEqual(valuesOf(platform, []));
    expect(valuesOf(platform, [], `${name}: ${yamlOf(flag, texts)}\n`)).toEqual(byFlag);
    const nested = name
      .split('.')
      .map((part, depth) => `${'  '.repeat(depth)}${part}:`)
      .join('\n');
    expect(valuesOf(platform, [], `${nested} ${yamlOf(flag, texts)}\n`)).toEqual(byFlag);
  });
});

describe('the example of docs/configuration.md', () => {
  const docs = readFileSync(fileURLToPath(new URL('../../docs/configuration.md', import.meta.url)), 'utf8');
  const example = /^## presage-exporter$[^]*?^```yaml\n([^]*?)^```$/m.exec(docs)?.[1] ?? '';

  it('is a file that the exporter takes, and its probes', () => {
    expect(valuesOf('linux', [], example)).toMatchObject({
      exporter: { 'web.max-requests': 10, 'log.format': 'json', 'collector.timeout': 5 },
      collectors: {
        cpu: { 'collector.cpu': true, 'collector.cpu.info': true },
        systemd: { 'collector.systemd': true, 'collector.systemd.unit-include': '(ssh|nginx|postgresql)\\.service' },
        wifi: { 'collector.wifi': false },
        textfile: { 'collector.textfile.directory': ['/var/lib/metrics', '/srv/*/metrics'] },
      },
    });
    const { probes } = openProbes({ 'config.file': file, 'probe.config.file': '' }, silentLogger)();
    expect(probes.map(({ name }) => name)).toEqual(['gateway', 'shop']);
  });
});
