import { describe, expect, it } from 'vitest';
import { collectors } from './collectors/index.ts';
import { startWith } from './testing/fixture-host.ts';

const names = (...words: string[]) => startWith(words).map(({ name }) => name);
const on = collectors.filter((listed) => listed.on).map(({ collector }) => collector.name);

describe('the switches of collectors', () => {
  it('are on by default for the usual ones', () => expect(names()).toEqual(on));
  it('take one away', () => expect(names('--no-collector.cpu')).toEqual(on.filter((name) => name !== 'cpu')));
  it('leave only what is asked for without defaults', () =>
    expect(names('--collector.disable-defaults', '--collector.meminfo', '--collector.cpu')).toEqual(['cpu', 'meminfo']));
  it('refuse nonsense with its place', () => {
    expect(() => names('--collector.vmstat.fields=(')).toThrow('--collector.vmstat.fields: got "(", want a regular expression');
    expect(() => names('--collector.filesystem.mount-points-include=^/$', '--collector.filesystem.mount-points-exclude=^/x$')).toThrow(
      /got both/,
    );
  });
});
