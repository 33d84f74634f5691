import { describe, expect, it } from 'vitest';
import { parseFlags } from './command-line.ts';
import { decodeYaml } from './decode.ts';
import { flagsFile } from './flags-file.ts';
import { booleanFlag, durationFlag, intFlag, listFlag, stringFlag } from './flags.ts';

const flags = {
  'web.listen-address': listFlag({ help: 'a', default: [':1'] }),
  'web.max-requests': intFlag({ help: 'b', default: 40, min: 0 }),
  'web.config.file': stringFlag({ help: 'c' }),
  'collector.timeout': durationFlag({ help: 'd', default: 5 }),
  collectors: { 'collector.cpu': booleanFlag({ help: 'e', default: true }), 'collector.cpu.info': booleanFlag({ help: 'f' }) },
};
const read = (yaml: string) => decodeYaml(yaml, 'presage.yml', flagsFile(flags, ['probes']));

describe('a file of flags', () => {
  it.each<[string, string, [string, string[]][]]>([
    ['nothing', '', []],
    [
      'flat names',
      'web.max-requests: 7\nweb.config.file: w.yml\n',
      [
        ['web.max-requests', ['7']],
        ['web.config.file', ['w.yml']],
      ],
    ],
    [
      'nested names',
      'web:\n  max-requests: 7\n  config:\n    file: w.yml\n',
      [
        ['web.max-requests', ['7']],
        ['web.config.file', ['w.yml']],
      ],
    ],
    ['half-nested names', 'web: { config.file: w.yml }\n', [['web.config.file', ['w.yml']]]],
    ['one value of a list', 'web.listen-address: ":9"\n', [['web.listen-address', [':9']]]],
    ['several values of a list', 'web.listen-address: [":8", ":9"]\n', [['web.listen-address', [':8', ':9']]]],
    [
      'switches',
      'collector: { cpu: off, timeout: 3s }\n',
      [
        ['collector.cpu', ['false']],
        ['collector.timeout', ['3s']],
      ],
    ],
    [
      'a switch beside its own flags',
      'collector: { cpu: { enabled: false, info: true } }\n',
      [
        ['collector.cpu', ['false']],
        ['collector.cpu.info', ['true']],
      ],
    ],
    ['a switch without flags of its own', 'collector: { cpu.info: { enabled: yes } }\n', [['collector.cpu.info', ['true']]]],
    ["somebody else's key", 'probes: [{ target: a }]\n', []],
  ])('may hold %s', (_, yaml, given) => {
    expect([...read(yaml)]).toEqual(given);
  });

  it.each<[string, string, string]>([
    [
      'an unknown name',
      'web:\n  max-request: 7\n',
      'presage.yml:2: web.max-request: got an unknown key, want web.max-requests, if that was meant',
    ],
    ['a name like nothing', 'zzz: 1\n', 'presage.yml:1: zzz: got an unknown key, want the name of a flag as --help lists it'],
    ['a wrong value', 'web.max-requests: many\n', 'presage.yml:1: web.max-requests: got "many", want a whole number of at least 0'],
    ['a duration without unit', 'collector:\n  timeout: 5\n', 'presage.yml:2: collector.timeout: got "5", want a duration such as'],
    ['a list for one value', 'web.max-requests: [1, 2]\n', 'got a list, want one value'],
    ['a mapping for a value', 'web.max-requests: { a: 1 }\n', 'got a mapping, want one value'],
    ['a list of lists', 'web.listen-address: [[":1"]]\n', 'got a list, want a text or a list of texts'],
    ['nothing for a value', 'web.max-requests:\n', 'got null, want one value'],
    [
      'the same flag twice',
      'web.max-requests: 1\nweb: { max-requests: 2 }\n',
      'presage.yml:2: web.max-requests: got web.max-requests a second time',
    ],
    ['a list at the top', '- a\n', 'presage.yml:1: got a list, want a mapping'],
  ])('is refused with %s', (_, yaml, fault) => {
    expect(() => read(yaml)).toThrow(fault);
  });

  it('gives way to the command line', () => {
    const parsed = parseFlags(
      { name: 'x', version: '1', help: 'x', flags },
      ['--web.max-requests=1'],
      read('web.max-requests: 2\ncollector.timeout: 9s\n'),
    );
    expect(parsed).toMatchObject({ values: { 'web.max-requests': 1, 'collector.timeout': 9 } });
  });
});
