import { createLogger, silentLogger } from '@presage/service/log.ts';
import { afterAll, describe, expect, it } from 'vitest';
import type { Collect } from '../collectors/collector.ts';
import { hostOver, unpack } from '../testing/fixture-host.ts';
import { scrapeSeconds } from './deadline.ts';
import { createRunner } from './runner.ts';
import type { Sink } from './sink.ts';

const tree = unpack([]);
afterAll(tree.clear);
const host = hostOver(tree.root);

const good: Collect = (_, sink) => sink.gauge('node_good', 'Good.').add(1);
const never: Collect = () => new Promise(() => {});
const success = (text: string) =>
  [...text.matchAll(/^node_scrape_collector_success\{collector="(\w+)"\} (\d)$/gm)].map((match) => `${match[1]} ${match[2]}`);
const runnerOf = (collects: Readonly<Record<string, Collect>>, log = silentLogger) =>
  createRunner(
    host,
    Object.entries(collects).map(([name, collect]) => ({ name, collect })),
    log,
  );

describe('a scrape', () => {
  it('serves what answers in time and gives the rest success 0', async () => {
    const begun = performance.now();
    const { text } = await runnerOf({ never, good }).scrape(0.2);
    expect(performance.now() - begun).toBeLessThan(4000);
    expect(success(text)).toEqual(['never 0', 'good 1']);
    expect(text).toContain('\nnode_good 1\n');
    expect(text).toContain('node_scrape_collector_duration_seconds{collector="never"} 0.2\n');
  });

  it('keeps what a collector wrote before it failed, and the other collectors', async () => {
    const half: Collect = (_, sink) => {
      sink.gauge('node_half', 'Half.').add(1);
      throw new Error('broken');
    };
    const { text } = await runnerOf({ half, later: async () => Promise.reject(new Error('late')), good }).scrape(1);
    expect(success(text)).toEqual(['half 0', 'later 0', 'good 1']);
    expect(text).toContain('node_half 1');
  });

  it('hears nothing more of a collector that ran out of time', async () => {
    let finish = () => {};
    const slow: Collect = (_, sink) =>
      new Promise((resolve) => {
        finish = () => {
          sink.gauge('node_slow', 'Slow.').add(1);
          resolve();
        };
      });
    const lines: string[] = [];
    const log = createLogger({ level: 'debug', format: 'logfmt', write: (line) => lines.push(line) });
    const { text } = await runnerOf({ slow }, log).scrape(0.05);
    finish();
    await new Promise((resolve) => setImmediate(resolve));
    expect(text).not.toContain('node_slow');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('no answer within 0.05 s');
  });

  it.each([
    ['ran out of time', () => new Promise<void>(() => {})],
    ['failed in one of the things it waited for', () => Promise.reject(new Error('one of two'))],
  ])('takes nothing into the next scrape from a collector that %s', async (_, rest) => {
    let earlier: Sink | undefined;
    const collect: Collect = (__, sink) => {
      earlier?.gauge('node_late', 'Late.').add(1);
      earlier = sink;
      return rest();
    };
    const runner = runnerOf({ collect });
    await runner.scrape(0.05);
    expect((await runner.scrape(0.05)).text).not.toContain('node_late');
  });

  it('keeps two scrapes apart that run at the same time', async () => {
    let runs = 0;
    const collect: Collect = async (_, sink) => {
      runs += 1;
      const family = sink.gauge('node_run', 'Run.');
      await new Promise((resolve) => setTimeout(resolve, 20));
      family.add(runs, `{run="${runs}"}`);
    };
    const runner = runnerOf({ collect });
    await runner.scrape(1);
    const both = await Promise.all([runner.scrape(2), runner.scrape(3)]);
    for (const { text, duplicates } of both) expect([text.match(/^node_run\{/gm)?.length, duplicates]).toEqual([1, 0]);
  });

  it('joins scrapes of the same collectors, and runs others beside them', async () => {
    let runs = 0;
    const counted: Collect = async () => {
      runs += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
    };
    const runner = runnerOf({ counted, good });
    const [first, second, other] = await Promise.all([runner.scrape(1), runner.scrape(1), runner.scrape(1, ['good'])]);
    expect(second).toBe(first);
    expect(runs).toBe(1);
    expect(success(other.text)).toEqual(['good 1']);
    await runner.scrape(1);
    expect(runs).toBe(2);
  });

  it('logs a failure once, and once when it is over', async () => {
    let broken = true;
    const lines: string[] = [];
    const log = createLogger({ level: 'info', format: 'logfmt', write: (line) => lines.push(line) });
    const runner = runnerOf({ moody: () => (broken ? Promise.reject(new Error('broken')) : undefined) }, log);
    await runner.scrape(1);
    await runner.scrape(1);
    broken = false;
    await runner.scrape(1);
    expect(lines.map((line) => /level=(\w+) msg="([^"]+)"/.exec(line)?.slice(1).join(' '))).toEqual([
      'warn collector failed',
      'info collector works again',
    ]);
  });
});

describe('scrapeSeconds', () => {
  it.each([
    [8, undefined, 8],
    [8, '10', 8],
    [8, '5', 4.5],
    [8, '0.4', 0.2],
    [8, 'soon', 8],
    [8, '-1', 8],
  ])('--collector.timeout %s and header %j leave %s s', (timeout, header, seconds) => expect(scrapeSeconds(timeout, header)).toBe(seconds));
});
