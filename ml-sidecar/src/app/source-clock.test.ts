import { createLogger } from '@presage/service/log.ts';
import { describe, expect, it } from 'vitest';
import { createSourceClock, readSourceTime } from './source-clock.ts';

/** Two clocks and a source, all set by hand. */
function worldOf() {
  const time = { monotonic: 100, wall: 1_000_000, source: 1_000_000, answers: true };
  const lines: string[] = [];
  const counts = { steps: 0, skew: NaN };
  const abort = new AbortController();
  const clock = createSourceClock({
    wall: () => time.wall,
    clock: () => time.monotonic,
    ask: async () => {
      if (!time.answers) throw new Error('nobody there');
      return time.source;
    },
    log: createLogger({ level: 'info', format: 'logfmt', write: (line) => lines.push(line) }),
    metrics: { clockStepped: () => void counts.steps++, clockSkew: (seconds) => void (counts.skew = seconds) },
    sleep: async (seconds) => pass(seconds),
    signal: abort.signal,
  });
  const pass = (seconds: number) => {
    time.monotonic += seconds;
    time.wall += seconds;
    time.source += seconds;
  };
  return { time, lines, counts, clock, pass, abort };
}

describe('the clock of the source', () => {
  it('is that of this host where the two agree, also where that is slewed', () => {
    const { time, clock, pass, counts } = worldOf();
    pass(10);
    expect(clock.now()).toBe(1_000_010);
    for (let i = 0; i < 100; i++) {
      pass(1);
      time.wall += 0.01;
      clock.now();
    }
    expect(clock.now()).toBeCloseTo(time.wall, 6);
    expect(counts.steps).toBe(0);
  });

  it.each([3600, -3600])('goes on evenly when the clock of this host is set by %s s, and is back with it later', async (step) => {
    const { time, clock, pass, counts, lines } = worldOf();
    await clock.settle();
    expect(clock.now()).toBe(1_000_000);
    time.wall += step;
    expect(clock.now()).toBe(1_000_000);
    pass(7);
    expect(clock.now()).toBe(1_000_007);
    await clock.settle();
    expect(clock.now()).toBe(1_000_007);
    expect(counts).toEqual({ steps: 1, skew: -step });
    time.wall -= step;
    await clock.settle();
    expect(clock.now()).toBe(1_000_007);
    expect(counts).toEqual({ steps: 2, skew: 0 });
    expect(lines.join('')).toMatch(/level=warn.*clock of this host was set.*seconds=-?3600/);
  });

  it('follows the source where it was the one that is right: after a sleep of this host, and at the start', async () => {
    const { time, clock, lines } = worldOf();
    await clock.settle();
    [time.wall, time.source] = [time.wall + 5000, time.source + 5000];
    expect(clock.now()).toBe(1_000_000);
    await clock.settle();
    expect(clock.now()).toBe(1_005_000);
    time.source -= 60;
    await clock.settle();
    expect(clock.now()).toBe(1_004_940);
    expect(lines.join('')).toMatch(/not that of Prometheus, whose time is taken.*seconds=-60/);
  });

  it('asks again soon while the source does not answer, and at once after a step', async () => {
    const { time, clock, abort, counts } = worldOf();
    time.answers = false;
    const until = (condition: () => boolean, most: number) => {
      const end = time.monotonic + most;
      return {
        get done() {
          return condition() || time.monotonic > end;
        },
      };
    };
    const running = clock.run();
    const wait = async (condition: () => boolean, most: number) => {
      for (const watched = until(condition, most); !watched.done;) await Promise.resolve();
      return condition();
    };
    time.wall += 3600;
    expect(await wait(() => counts.steps === 1, 5)).toBe(true);
    time.answers = true;
    expect(await wait(() => counts.skew === -3600, 10)).toBe(true);
    time.wall -= 3600;
    expect(await wait(() => counts.skew === 0, 3)).toBe(true);
    abort.abort();
    await running;
  });

  it('reads what Prometheus answers to time()', async () => {
    const answering = (data: unknown) => ({ get: async () => data });
    expect(await readSourceTime(answering({ resultType: 'scalar', result: [1700000000.5, '1700000000.5'] }))).toBe(1700000000.5);
    await expect(readSourceTime(answering({ resultType: 'vector', result: [] }))).rejects.toThrow('want a scalar');
  });
});
