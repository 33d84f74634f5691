import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createLogger, type LogFields, type LogFormat, type LogLevel } from './log.ts';
import { Secret } from './secret.ts';

function logOne(fields: LogFields, format: LogFormat = 'logfmt', message = 'hello'): string {
  let line = '';
  const now = () => new Date('2026-01-02T03:04:05.678Z');
  createLogger({ level: 'debug', format, now, write: (text) => (line += text) }).info(message, fields);
  return line;
}

const START = 'ts=2026-01-02T03:04:05.678Z level=info msg=hello';
const circular: { self?: unknown } = {};
circular.self = circular;

describe('a logger', () => {
  it.each<[string, LogFields, string]>([
    ['no fields', {}, ''],
    ['a plain value', { file: '/etc/a.yml' }, ' file=/etc/a.yml'],
    ['numbers and booleans', { n: 1.5, ok: true, nan: NaN }, ' n=1.5 ok=true nan=NaN'],
    ['spaces', { err: 'no such file' }, ' err="no such file"'],
    ['quotes, newlines and escapes', { err: 'a "b"\n\\c\u001b[0m' }, ' err="a \\"b\\"\\n\\\\c\\u001b[0m"'],
    ['an empty string', { a: '' }, ' a=""'],
    ['an undefined field', { a: undefined, b: 1 }, ' b=1'],
    ['a name with a space', { 'a b=c': 1 }, ' a_b_c=1'],
    ['an error with its cause', { err: new Error('outer', { cause: new Error('inner') }) }, ' err="outer: inner"'],
    [
      'an error of OpenSSL',
      { err: Object.assign(new Error('806C:error:0A00045C:SSL routines:\n'), { library: 'SSL routines', reason: 'alert' }) },
      ' err=alert',
    ],
    ['an object', { at: { x: [1, 2n] } }, ' at="{\\"x\\":[1,\\"2\\"]}"'],
    ['a circle', { circular }, ' circular=<unprintable>'],
    ['an impossible date', { when: new Date(NaN) }, ' when="Invalid Date"'],
  ])('writes %s in logfmt', (_, fields, end) => {
    expect(logOne(fields)).toBe(`${START}${end}\n`);
  });

  it('writes the same entries as one JSON object a line', () => {
    expect(JSON.parse(logOne({ err: new Error('x y'), n: 2 }, 'json'))).toEqual({
      ts: '2026-01-02T03:04:05.678Z',
      level: 'info',
      msg: 'hello',
      err: 'x y',
      n: 2,
    });
  });

  it.each<[LogLevel, string]>([
    ['debug', 'debug info warn error'],
    ['info', 'info warn error'],
    ['warn', 'warn error'],
    ['error', 'error'],
  ])('at level %s writes %s', (level, wanted) => {
    const lines: string[] = [];
    const log = createLogger({ level, format: 'logfmt', write: (line) => lines.push(line) });
    log.debug('debug');
    log.info('info');
    log.warn('warn');
    log.error('error');
    expect(lines.map((line) => /msg=(\w+)/.exec(line)?.[1]).join(' ')).toBe(wanted);
  });

  it('puts the fields of with() on every line', () => {
    let line = '';
    const log = createLogger({ level: 'info', format: 'logfmt', write: (text) => (line += text) });
    log.with({ component: 'web' }).with({ port: 1 }).info('up', { n: 2 });
    expect(line).toContain('msg=up component=web port=1 n=2');
  });

  it.each<[string, LogFields]>([
    ['a field named as a secret', { basicAuthPassword: 'hunter2' }],
    ['a nested field named as a secret', { config: { auth: { bearer_token: 'hunter2' } } }],
    ['a Secret', { value: new Secret('hunter2') }],
    ['a Secret within an object', { value: { deep: new Secret('hunter2') } }],
    ['the password of a URL', { url: 'http://me:hunter2@prometheus:9090/x' }],
    ['the password of a URL in an error', { err: new Error('GET https://me:hunter2@host/ failed') }],
    ['an authorization header', { headers: { Authorization: 'Basic hunter2' } }],
  ])('hides %s', (_, fields) => {
    for (const format of ['logfmt', 'json'] as const) {
      expect(logOne(fields, format)).not.toContain('hunter2');
      expect(logOne(fields, format)).toContain('<secret>');
    }
  });

  it('hides the password of a URL in the message', () => {
    expect(logOne({}, 'logfmt', 'asked http://me:hunter2@host/')).toContain('http://me:<secret>@host/');
  });
});

describe('a Secret', () => {
  it('shows itself nowhere but by reveal()', () => {
    const secret = new Secret('hunter2');
    expect([String(secret), JSON.stringify({ secret }), inspect(secret), ['', secret, ''].join('')].join(' ')).not.toContain('hunter2');
    expect(secret.reveal()).toBe('hunter2');
  });
});
