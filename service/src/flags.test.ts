import { describe, expect, expectTypeOf, it } from 'vitest';
import { command, type FlagProgram, parseCommand, parseFlags, UsageError } from './command-line.ts';
import { flagsTable } from './flags-help.ts';
import { booleanFlag, choiceFlag, durationFlag, type FlagSchema, type FlagValues, intFlag, listFlag, stringFlag } from './flags.ts';

const flags = {
  'web.listen-address': listFlag({
    help: 'Address to listen on.',
    default: [':9100'],
    check: (text) => (text.includes(':') ? undefined : 'an address such as :9100'),
  }),
  'web.max-requests': intFlag({ help: 'Most scrapes at a time.', default: 40, min: 0 }),
  'path.procfs': stringFlag({ help: 'procfs mountpoint.', default: '/proc' }),
  'collector.timeout': durationFlag({ help: 'Deadline of a collector.', default: 5 }),
  'log.format': choiceFlag(['logfmt', 'json'], { help: 'Format of log lines.', default: 'logfmt' }),
  'collector.disable-defaults': booleanFlag({ help: 'Turns every collector off.' }),
  collectors: {
    'collector.cpu': booleanFlag({ help: 'The cpu collector.', default: true }),
    'collector.wifi': booleanFlag({ help: 'The wifi collector.' }),
  },
};
const program = { name: 'demo', version: '1.2.3', help: 'Shows flags.', flags };

function parse<S extends FlagSchema>(of: FlagProgram<S>, words: readonly string[]): FlagValues<S> {
  const parsed = parseFlags(of, words);
  if ('text' in parsed) throw new Error(`got a text: ${parsed.text}`);
  return parsed.values;
}

describe('parseFlags', () => {
  it('gives the defaults, typed by the schema', () => {
    const values = parse(program, []);
    expect(values).toEqual({
      'web.listen-address': [':9100'],
      'web.max-requests': 40,
      'path.procfs': '/proc',
      'collector.timeout': 5,
      'log.format': 'logfmt',
      'collector.disable-defaults': false,
      collectors: { 'collector.cpu': true, 'collector.wifi': false },
    });
    expectTypeOf(values['log.format']).toEqualTypeOf<'logfmt' | 'json'>();
    expectTypeOf(values['collector.timeout']).toEqualTypeOf<number>();
    expectTypeOf(values['web.listen-address']).toEqualTypeOf<readonly string[]>();
    expectTypeOf(values.collectors['collector.cpu']).toEqualTypeOf<boolean>();
  });

  it('is frozen, groups and lists too', () => {
    const values = parse(program, ['--web.listen-address=:1']);
    for (const part of [values, values.collectors, values['web.listen-address']]) expect(Object.isFrozen(part)).toBe(true);
  });

  it.each<[string[], string, unknown]>([
    [['--path.procfs=/host/proc'], 'path.procfs', '/host/proc'],
    [['--path.procfs', '/host/proc'], 'path.procfs', '/host/proc'],
    [['--path.procfs', '--odd'], 'path.procfs', '--odd'],
    [['--path.procfs='], 'path.procfs', ''],
    [['--path.procfs=a=b'], 'path.procfs', 'a=b'],
    [['--web.max-requests=0'], 'web.max-requests', 0],
    [['--collector.timeout=1m30s'], 'collector.timeout', 90],
    [['--log.format', 'json'], 'log.format', 'json'],
    [['--collector.disable-defaults'], 'collector.disable-defaults', true],
    [['--no-collector.disable-defaults'], 'collector.disable-defaults', false],
    [['--collector.disable-defaults=true'], 'collector.disable-defaults', true],
    [['--web.listen-address=:1', '--web.listen-address', '[::1]:2'], 'web.listen-address', [':1', '[::1]:2']],
  ])('%j sets %s', (words, name, value) => {
    expect(Object.entries(parse(program, words)).find(([key]) => key === name)?.[1]).toEqual(value);
  });

  it('turns switches of a group on and off', () => {
    expect(parse(program, ['--no-collector.cpu', '--collector.wifi']).collectors).toEqual({
      'collector.cpu': false,
      'collector.wifi': true,
    });
  });

  it.each<[string[], string]>([
    [['--web.max-request=1'], '--web.max-request=1: unknown flag, want one that --help lists; did you mean --web.max-requests?'],
    [['--collector.cpuu'], '--collector.cpuu: unknown flag, want one that --help lists; did you mean --collector.cpu?'],
    [['--no-collector.cpuu'], '--no-collector.cpuu: unknown flag, want one that --help lists; did you mean --no-collector.cpu?'],
    [['--zzzzzzzz'], '--zzzzzzzz: unknown flag, want one that --help lists'],
    [['-x'], '-x: unknown flag, want one that --help lists'],
    [['--no-path.procfs'], '--no-path.procfs: unknown flag, want one that --help lists; did you mean --path.procfs?'],
    [['--path.procfs'], '--path.procfs: no value, want --path.procfs=VALUE'],
    [['--no-collector.cpu=true'], '--no-collector.cpu: got "true", want no value'],
    [['--collector.cpu=yes'], '--collector.cpu: got "yes", want true or false'],
    [['--web.max-requests=-1'], '--web.max-requests: got "-1", want a whole number of at least 0'],
    [['--web.max-requests=1e3'], '--web.max-requests: got "1e3", want a whole number of at least 0'],
    [['--web.max-requests='], '--web.max-requests: got "", want a whole number of at least 0'],
    [['--web.max-requests=99999999999999999999'], '--web.max-requests: got "99999999999999999999", want a whole number of at least 0'],
    [['--collector.timeout=90'], '--collector.timeout: got "90", want a duration such as 90s, 1h30m or 14d'],
    [['--log.format=xml'], '--log.format: got "xml", want one of logfmt, json'],
    [['--path.procfs=a', '--path.procfs=b'], '--path.procfs: got 2 values, want it once'],
    [['--web.listen-address=9100'], '--web.listen-address: got "9100", want an address such as :9100'],
    [['run'], 'demo: unexpected run, want flags alone'],
    [['--', '--path.procfs=a'], 'demo: unexpected --path.procfs=a, want flags alone'],
  ])('refuses %j', (words, message) => {
    expect(() => parse(program, words)).toThrow(new UsageError(message));
  });

  it('takes values from elsewhere for what the command line does not give', () => {
    const given = new Map([
      ['path.procfs', ['/file']],
      ['web.max-requests', ['7']],
    ]);
    const parsed = parseFlags(program, ['--path.procfs=/line'], given);
    expect(parsed).toMatchObject({ values: { 'path.procfs': '/line', 'web.max-requests': 7 } });
  });

  it('wants what is required', () => {
    const strict = { ...program, flags: { data: stringFlag({ help: 'the data folder', required: true }) } };
    expect(() => parseFlags(strict, [])).toThrow(new UsageError('--data: missing, want the data folder'));
  });

  it('answers --help and --version whatever else is given', () => {
    expect(parseFlags(program, ['--version'])).toEqual({ text: 'demo, version 1.2.3\n' });
    expect(parseFlags(program, ['--version', '-h', '--log.format=xml'])).toMatchObject({ text: expect.stringContaining('usage: demo') });
  });

  it('refuses a schema that names a flag twice', () => {
    const twice = { ...program, flags: { a: stringFlag({ help: 'x' }), group: { a: stringFlag({ help: 'y' }) } } };
    expect(() => parseFlags(twice, [])).toThrow('flag --a: defined twice');
  });
});

describe('help', () => {
  it('lists each flag with its default, its choices and whether it may be repeated', () => {
    expect(parseFlags(program, ['--help'])).toEqual({
      text: `usage: demo [flags]

Shows flags.

Flags:
  -h, --help                        Show this text.
      --web.listen-address=:9100 ...
                                    Address to listen on. May be given several times.
      --web.max-requests=40         Most scrapes at a time.
      --path.procfs=/proc           procfs mountpoint.
      --collector.timeout=5s        Deadline of a collector.
      --log.format=logfmt           Format of log lines. One of: logfmt, json.
      --[no-]collector.disable-defaults
                                    Turns every collector off. Off by default.
      --[no-]collector.cpu          The cpu collector. On by default.
      --[no-]collector.wifi         The wifi collector. Off by default.
      --version                     Show the version.
`.replace('procfs mountpoint', 'Procfs mountpoint'),
    });
  });

  it('becomes a Markdown table', () => {
    expect(
      flagsTable({ a: choiceFlag(['x', 'y'], { help: 'One | other', default: 'x' }), b: stringFlag({ help: 'b.', required: true }) }),
    ).toBe(
      '| Flag | Default | What it does |\n|---|---|---|\n| `--a=x\\|y` | `x` | One \\| other. One of: x, y. |\n| `--b=VALUE` | required | B. Required. |\n',
    );
  });
});

describe('parseCommand', () => {
  const ran: unknown[] = [];
  const commands = {
    name: 'presage',
    version: '1.0.0',
    help: 'Tells what will break.',
    commands: {
      run: command({ help: 'Runs.', flags, run: (values) => Promise.resolve(values['web.max-requests']) }),
      'evaluate forecast': command({
        help: 'Evaluates.',
        flags: { data: stringFlag({ help: 'the data folder', required: true }) },
        run: (values) => Promise.resolve(ran.push(values.data)),
      }),
      explain: command({
        help: 'Explains.',
        flags: {},
        arguments: [{ name: 'SELECTOR', help: 'a series selector', required: true }],
        run: (_, operands) => Promise.resolve(ran.push(...operands)),
      }),
    },
  };
  const start = (words: readonly string[]) => {
    const parsed = parseCommand(commands, words);
    if ('text' in parsed) throw new Error(parsed.text);
    return parsed.values();
  };

  it('runs the named command with its own flags, and gives its exit code', async () => {
    expect(await start(['run', '--web.max-requests=3'])).toBe(3);
    await start(['evaluate', 'forecast', '--data=d']);
    await start(['explain', 'up{job="a"}']);
    expect(ran).toEqual(['d', 'up{job="a"}']);
  });

  it.each<[string[], string]>([
    [[], 'presage: no command, want one of run, evaluate forecast, explain'],
    [['runn'], 'presage: unknown command runn, want one of run, evaluate forecast, explain; did you mean run?'],
    [['explain'], 'SELECTOR: missing, want a series selector'],
    [['explain', 'a', 'b'], 'unexpected b, want flags alone'],
    [['run', '--data=d'], '--data=d: unknown flag, want one that --help lists'],
  ])('refuses %j', (words, message) => {
    expect(() => parseCommand(commands, words)).toThrow(new UsageError(message));
  });

  it.each<[string[], string]>([
    [['--help'], 'usage: presage COMMAND [flags]'],
    [['help'], 'usage: presage COMMAND [flags]'],
    [['explain', '--help'], 'usage: presage explain [flags] SELECTOR'],
    [['--version'], 'presage, version 1.0.0'],
    [['--help-markdown'], '### presage explain SELECTOR\n\nExplains. `SELECTOR`: A series selector.\n'],
    [
      ['--help-markdown'],
      '### presage evaluate forecast\n\nEvaluates.\n\n| Flag | Default | What it does |\n|---|---|---|\n| `--data=VALUE` | required |',
    ],
  ])('answers %j with a text', (words, begin) => {
    const parsed = parseCommand(commands, words);
    expect('text' in parsed && parsed.text).toContain(begin);
  });
});
