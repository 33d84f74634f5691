import { labelText } from '@presage/service/exposition.ts';
import { describe, expect, it } from 'vitest';
import { createExpositionWriter } from './exposition.ts';
import { Sink } from './sink.ts';

type Samples = readonly (readonly [label: string, value: number])[];

/** The value lines of one family that was written several times, after the last. */
function written(...scrapes: readonly Samples[]): string {
  const sink = new Sink();
  const writer = createExpositionWriter();
  let text = '';
  for (const samples of scrapes) {
    sink.begin();
    const family = sink.gauge('a', 'A.');
    for (const [label, value] of samples) family.add(value, label === '' ? '' : labelText({ x: label }));
    const exposition = writer.write([sink]);
    text = `${exposition.text.split('\n').slice(2).join(' ')}${exposition.duplicates}`;
  }
  return text;
}

describe('a family that is written at every scrape', () => {
  it.each<[string, readonly Samples[], string]>([
    ['shows the new values', [[['', 1]], [['', 2]]], 'a 2 0'],
    ['tells 0 from −0 and keeps NaN', [[['', 0]], [['', -0]], [['', Number.NaN]], [['', Number.NaN]]], 'a NaN 0'],
    [
      'shows a further series',
      [
        [['p', 1]],
        [
          ['p', 1],
          ['q', 2],
        ],
      ],
      'a{x="p"} 1 a{x="q"} 2 0',
    ],
    [
      'drops the last series',
      [
        [
          ['p', 1],
          ['q', 2],
        ],
        [['p', 1]],
      ],
      'a{x="p"} 1 0',
    ],
    [
      'drops the first series',
      [
        [
          ['p', 1],
          ['q', 2],
        ],
        [['q', 2]],
      ],
      'a{x="q"} 2 0',
    ],
    [
      'drops one in the middle',
      [
        [
          ['p', 1],
          ['q', 2],
          ['r', 3],
        ],
        [
          ['p', 1],
          ['r', 3],
        ],
      ],
      'a{x="p"} 1 a{x="r"} 3 0',
    ],
    [
      'takes another order',
      [
        [
          ['p', 1],
          ['q', 2],
        ],
        [
          ['q', 2],
          ['p', 1],
        ],
      ],
      'a{x="q"} 2 a{x="p"} 1 0',
    ],
    [
      'leaves the second of two out again and again',
      [
        [
          ['p', 1],
          ['p', 2],
        ],
        [
          ['p', 3],
          ['p', 4],
        ],
      ],
      'a{x="p"} 3 1',
    ],
    [
      'notices a second behind a known start',
      [
        [
          ['p', 1],
          ['q', 2],
        ],
        [
          ['p', 1],
          ['q', 2],
          ['p', 3],
        ],
      ],
      'a{x="p"} 1 a{x="q"} 2 1',
    ],
    [
      'no longer counts a second that has gone',
      [
        [
          ['p', 1],
          ['p', 2],
        ],
        [['p', 1]],
      ],
      'a{x="p"} 1 0',
    ],
    ['is left out without samples', [[['p', 1]], []], '0'],
    ['comes back', [[['p', 1]], [], [['p', 1]]], 'a{x="p"} 1 0'],
  ])('%s', (_, scrapes, text) => expect(written(...scrapes)).toBe(text));

  it('takes another type and help', () => {
    const sink = new Sink();
    sink.begin();
    sink.gauge('a', 'A.').add(1);
    const writer = createExpositionWriter();
    writer.write([sink]);
    sink.begin();
    sink.counter('a', 'B.').add(1);
    expect(writer.write([sink]).text).toBe('# HELP a B.\n# TYPE a counter\na 1\n');
  });

  it('keeps its place by name as other families come and go', () => {
    const sink = new Sink();
    const writer = createExpositionWriter();
    const names = (...families: readonly string[]) => {
      sink.begin();
      for (const name of families) sink.gauge(name, 'H').add(1);
      return [...writer.write([sink]).text.matchAll(/^(\w+) 1$/gm)].map(([, name]) => name).join('');
    };
    expect([names('c', 'a'), names('c', 'b', 'a'), names('b'), names('a', 'c')]).toEqual(['ac', 'abc', 'b', 'ac']);
  });

  it('does not mix two sinks with the same family, whichever is new', () => {
    const [first, second] = [new Sink(), new Sink()];
    const writer = createExpositionWriter();
    const both = (one: number, two: number) => {
      for (const [sink, value] of [
        [first, one],
        [second, two],
      ] as const) {
        sink.begin();
        sink.gauge('a', 'A.').add(value, labelText({ x: String(value) }));
      }
      return writer.write([first, second]).text.split('\n').slice(2, -1).join(' ');
    };
    expect([both(1, 2), both(1, 1), both(3, 2)]).toEqual(['a{x="1"} 1 a{x="2"} 2', 'a{x="1"} 1', 'a{x="3"} 3 a{x="2"} 2']);
  });
});
