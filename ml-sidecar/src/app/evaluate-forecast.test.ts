import { gzipSync } from 'node:zlib';
import { UsageError } from '@presage/service/command-line.ts';
import { describe, expect, it } from 'vitest';
import { evaluateForecastCommand } from './evaluate-forecast.ts';

const forecast = { step_s: 3600, grid0: 0, context_s: 864_000, horizons: { '24h': 24 }, origins: [864_000] };
const metrics = [{ name: 'value', kind: 'cpu', forecast }];
const entity = { id: 'one', file: 'one.csv.gz', layout: 'single', step_s: 3600, metrics };
const rows = Array.from({ length: 300 }, (_, i) => `${3600 * (i + 1)},${10 + (i % 24)}`);
const contents = new Map<string, Uint8Array>([
  ['dir/index.json', Buffer.from(JSON.stringify({ entities: [entity] }))],
  ['dir/one.csv.gz', gzipSync(['timestamp,value', ...rows].join('\n'))],
]);

async function run(...words: string[]): Promise<{ code: number; lines: string[]; progress: string[] }> {
  const lines: string[] = [];
  const progress: string[] = [];
  const files = {
    read(path: string): Uint8Array {
      const content = contents.get(path);
      if (!content) throw new Error(`no such file: ${path}`);
      return content;
    },
    open: () => ({ write: (text: string) => void lines.push(text), close: () => undefined }),
  };
  const code = await evaluateForecastCommand(files, (line) => progress.push(line)).bind(words)();
  return { code, lines, progress };
}

describe('presage evaluate forecast', () => {
  it('writes seven quantiles of a day for each origin, and says on the side how far it is', async () => {
    const { code, lines, progress } = await run('--data', 'dir');
    expect(code).toBe(0);
    expect(lines).toHaveLength(1);
    const row = JSON.parse(lines[0]);
    expect(row).toMatchObject({ id: 'one', origin: 864_000 });
    expect(Object.keys(row.q)).toEqual(['0.025', '0.1', '0.25', '0.5', '0.75', '0.9', '0.975']);
    expect(row.q['0.5']).toHaveLength(24);
    expect(row.q['0.5'][11]).toBeCloseTo(10 + 11, 0);
    expect(progress).toEqual(['1 series forecast by auto']);
  });

  it('refuses a folder that is none and a model that it does not know', async () => {
    await expect(run('--data', 'elsewhere')).rejects.toThrow(UsageError);
    await expect(run('--data', 'dir', '--model', 'oracle')).rejects.toThrow(/--model: got oracle, want one of auto, seasonal-naive,/);
  });
});
