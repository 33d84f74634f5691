import { describe, expect, it } from 'vitest';
import { parseTextFile } from './textfile-format.ts';
import { globPattern } from './textfile-folders.ts';

describe('parseTextFile', () => {
  it('reads help, type and values of every form', () =>
    expect(parseTextFile('# HELP a A \\\\ b\\nc\n# TYPE a gauge\na 1\na{x="1"} -2.5e3\nb NaN\nc +Inf\n# a comment\n\nd{} 0x10')).toEqual([
      {
        name: 'a',
        type: 'gauge',
        typed: true,
        help: 'A \\ b\nc',
        samples: [
          { suffix: '', labels: '', value: 1 },
          { suffix: '', labels: '{x="1"}', value: -2500 },
        ],
      },
      { name: 'b', type: 'untyped', typed: false, help: undefined, samples: [{ suffix: '', labels: '', value: NaN }] },
      { name: 'c', type: 'untyped', typed: false, help: undefined, samples: [{ suffix: '', labels: '', value: Infinity }] },
      { name: 'd', type: 'untyped', typed: false, help: undefined, samples: [{ suffix: '', labels: '', value: 16 }] },
    ]));

  it('sorts labels, drops empty ones and keeps escapes', () =>
    expect(parseTextFile('a{ z = "q\\"\\\\\\n" , b="x,}" ,e="",} 1')[0].samples[0].labels).toBe('{b="x,}",z="q\\"\\\\\\n"}'));

  it('gives buckets, sums and counts to their histogram, and to a family of their own without one', () => {
    const text = '# TYPE h histogram\nh_bucket{le="+Inf"} 3\nh_sum 1\nh_count 3\n# TYPE s summary\ns{quantile="0.5"} 1\ns_bucket 4\n';
    expect(parseTextFile(text).map(({ name, samples }) => [name, samples.map(({ suffix }) => suffix)])).toEqual([
      ['h', ['_bucket', '_sum', '_count']],
      ['s', ['']],
      ['s_bucket', ['']],
    ]);
  });

  it.each([
    ['a 1 1441205977284', /line 1: got a timestamp/],
    ['\na', /line 2.*want a number/],
    ['a one', /want a number/],
    ['{x="1"} 2', /metric's name/],
    ['a{x=1} 2', /NAME="VALUE"/],
    ['a{x="1" y="2"} 2', /NAME="VALUE"/],
    ['a{x="1"', /NAME="VALUE"|number/],
    ['a{x="1",x="2"} 2', /twice/],
    ['# TYPE a thing\na 1', /want counter/],
    ['a 1\n# TYPE a gauge', /after its samples/],
    ['# TYPE a gauge\n# TYPE a counter\na 1', /line 2: got a second TYPE of a/],
    ['# TYPE a gauge\n# TYPE a gauge\na 1', /second TYPE/],
    ['# HELP a A.\na 1\n# HELP a A.', /line 3: got a second HELP of a/],
  ])('refuses %j', (text, reason) => expect(() => parseTextFile(text)).toThrow(reason));
});

it.each([
  ['*', 'x.d', true],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['[ab]*.d', 'b1.d', true],
  ['[^ab]x', 'ax', false],
  ['a.b', 'axb', false],
])('the glob %j and %j: %s', (glob, name, matches) => expect(globPattern(glob).test(name)).toBe(matches));
