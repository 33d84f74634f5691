import { createLogger } from '@presage/service/log.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSampler, noSamples, samplesAge } from './sampler.ts';
import type { SourceName } from './sources.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A sampler over sources that answer with their name and the time of their question, unless `answer` says otherwise. */
function sampling(answer: (source: SourceName, seconds: number) => unknown, sources: readonly SourceName[] = ['mem']) {
  const asked: string[] = [];
  const lines: string[] = [];
  const now = () => Date.now() / 1000;
  const begun = now();
  const sampler = createSampler({
    ask: async (source) => {
      asked.push(`${source} ${now() - begun}`);
      return answer(source, now() - begun);
    },
    interval: 15,
    now,
    log: createLogger({ level: 'info', format: 'logfmt', write: (line) => lines.push(line) }),
  });
  sampler.start(sources);
  const messages = () => lines.map((line) => /msg="([^"]+)"/.exec(line)?.[1]);
  return { sampler, asked, messages, seconds: (count: number) => vi.advanceTimersByTimeAsync(count * 1000) };
}

const never = new Promise(() => undefined);
const hangs = (seconds: number) => new Promise((_, reject) => void setTimeout(() => reject(new Error('no answer')), seconds * 1000));

describe('a sampler', () => {
  it('asks each source once in an interval, one after the other, and shows the newest answer', async () => {
    const { sampler, asked, seconds } = sampling((source, at) => `${source} at ${at}`, ['mem', 'battery']);
    expect(() => sampler.latest('mem')).toThrow('mem: no sample yet');
    await seconds(29);
    expect(asked).toEqual(['mem 0', 'battery 0', 'mem 15', 'battery 15']);
    expect(sampler.latest('mem')).toBe('mem at 15');
    sampler.close();
  });

  it('never answers a scrape with a wait: what hangs leaves the others as they are', async () => {
    const { sampler, seconds } = sampling((source) => (source === 'battery' ? never : source), ['mem', 'battery']);
    await seconds(1);
    expect(sampler.latest('mem')).toBe('mem');
    expect(() => sampler.latest('battery')).toThrow('battery: no sample yet');
    sampler.close();
  });

  it('keeps the rest young while one source hangs for as long as it may, ever less often', async () => {
    const { sampler, asked, seconds } = sampling((source, at) => (source === 'battery' ? hangs(20) : at), ['mem', 'battery']);
    for (let minute = 0; minute < 20; minute += 1) {
      await seconds(60);
      expect(sampler.latest('mem')).toBeGreaterThan(minute * 60);
    }
    const tries = asked.filter((each) => each.startsWith('battery'));
    expect(tries.length).toBeGreaterThan(3);
    expect(tries.length).toBeLessThan(12);
    sampler.close();
  });

  it('shows no sample that is older than four intervals and a minute, and one again when there is one', async () => {
    let broken = false;
    const { sampler, messages, seconds } = sampling((_, at) => {
      if (broken) throw new Error('gone');
      return at;
    });
    await seconds(1);
    broken = true;
    await seconds(58);
    expect(sampler.latest('mem')).toBe(0);
    await seconds(3);
    expect(() => sampler.latest('mem')).toThrow('mem: no sample for more than 60 s');
    broken = false;
    await seconds(300);
    expect(sampler.latest('mem')).toBeGreaterThan(60);
    expect(messages()).toEqual(['sampling failed', 'sampling works again']);
    sampler.close();
  });

  it('asks nothing after its close', async () => {
    const { sampler, asked, seconds } = sampling(() => 1);
    await seconds(1);
    sampler.close();
    await seconds(100);
    expect(asked).toEqual(['mem 0']);
  });

  it('asks nothing more where it is closed in the middle of a question', async () => {
    const { sampler, asked, seconds } = sampling(() => new Promise((resolve) => void setTimeout(resolve, 5000)), ['mem', 'battery']);
    await seconds(1);
    sampler.close();
    await seconds(100);
    expect(asked).toEqual(['mem 0']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('asks nothing without a source', async () => {
    const { asked, seconds } = sampling(() => 1, []);
    await seconds(100);
    expect(asked).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('samplesAge', () => {
  it.each([
    [1, 60],
    [15, 60],
    [60, 240],
  ])('for an interval of %s s is %s s', (interval, age) => expect(samplesAge(interval)).toBe(age));
});

describe('a system without samples', () => {
  it('says so', () => expect(() => noSamples.latest('mem')).toThrow('mem: nothing is sampled on this system'));
});
