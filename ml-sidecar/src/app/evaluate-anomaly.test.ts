import { gzipSync } from 'node:zlib';
import { UsageError } from '@presage/service/command-line.ts';
import { describe, expect, it } from 'vitest';
import { evaluateAnomalyCommand } from './evaluate-anomaly.ts';

const metrics = [{ name: 'value', kind: 'cpu' }];
const entity = { id: 'one', file: 'one.csv.gz', layout: 'single', step_s: 60, metrics, anomaly: { train_end: 3000 } };
const rows = Array.from({ length: 60 }, (_, i) => `${60 * (i + 1)},${i % 7}`);
const contents = new Map<string, Uint8Array>([
  ['dir/index.json', Buffer.from(JSON.stringify({ entities: [entity] }))],
  ['dir/one.csv.gz', gzipSync(['timestamp,value', ...rows].join('\n'))],
]);

function files() {
  const written: string[] = [];
  const opened: (string | undefined)[] = [];
  return {
    written,
    opened,
    read(path: string): Uint8Array {
      const content = contents.get(path);
      if (!content) throw new Error(`no such file: ${path}`);
      return content;
    },
    open(path: string | undefined) {
      opened.push(path);
      return { write: (text: string) => void written.push(text), close: () => undefined };
    },
  };
}

describe('presage evaluate anomaly', () => {
  it('writes a line of scores after the training span for each series', async () => {
    const world = files();
    expect(await evaluateAnomalyCommand(world).bind(['--data', 'dir', '--out', 'scores.jsonl'])()).toBe(0);
    expect(world.opened).toEqual(['scores.jsonl']);
    const [line] = world.written.map((text): unknown => JSON.parse(text));
    expect(line).toMatchObject({ id: 'one', ts: rows.slice(50).map((row) => Number(row.split(',')[0])) });
  });

  it('refuses a folder that is none and a model that it does not know', async () => {
    const run = (...words: string[]) => evaluateAnomalyCommand(files()).bind(words)();
    await expect(run('--data', 'elsewhere')).rejects.toThrow(UsageError);
    await expect(run('--data', 'elsewhere')).rejects.toThrow(/--data: got "elsewhere" \(.*\), want a data folder with an index.json/);
    await expect(run('--data', 'dir', '--model', 'oracle')).rejects.toThrow(/--model: got oracle, want one of auto,/);
  });
});
