import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { acceptsGzip, encodeBody, isLabelName, isMetricName, labelText, valueText, writeFamilies } from './exposition.ts';

describe('valueText', () => {
  it.each<[number, string]>([
    [0, '0'],
    [-0, '0'],
    [1, '1'],
    [0.1, '0.1'],
    [-1.5e-9, '-1.5e-9'],
    [1e6, '1000000'],
    [1e21, '1e+21'],
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    [5e-324, '5e-324'],
  ])('writes %d as %s', (value, text) => {
    expect(valueText(value)).toBe(text);
  });
});

describe('labelText', () => {
  it.each([
    ['none', {}, ''],
    ['one', { a: 'x' }, '{a="x"}'],
    ['two in their order', { b: '1', a: '2' }, '{b="1",a="2"}'],
    ['quote, backslash, newline', { p: 'C:\\a\n"b"' }, '{p="C:\\\\a\\n\\"b\\""}'],
    ['unicode and empty', { a: 'naïve 🚀', b: '' }, '{a="naïve 🚀",b=""}'],
  ])('writes %s', (_, labels, text) => {
    expect(labelText(labels)).toBe(text);
  });
});

describe('writeFamilies', () => {
  it('writes HELP and TYPE once, then the samples with their suffixes', () => {
    const text = writeFamilies([
      { name: 'a_total', help: 'Says "a" \\ b\nin two lines.', type: 'counter', samples: [{ value: 1 }, { labels: { x: 'y' }, value: 2 }] },
      { name: 'unused', help: 'Nothing.', type: 'gauge', samples: [] },
      {
        name: 'h',
        help: '',
        type: 'histogram',
        samples: [
          { suffix: '_bucket', labels: { le: '+Inf' }, value: 3 },
          { suffix: '_sum', value: NaN },
          { suffix: '_count', value: 3 },
        ],
      },
    ]);
    expect(text).toBe(
      '# HELP a_total Says "a" \\\\ b\\nin two lines.\n# TYPE a_total counter\na_total 1\na_total{x="y"} 2\n' +
        '# HELP h \n# TYPE h histogram\nh_bucket{le="+Inf"} 3\nh_sum NaN\nh_count 3\n',
    );
  });

  it('writes nothing for nothing', () => {
    expect(writeFamilies([])).toBe('');
  });
});

describe('names', () => {
  it.each([
    ['node_cpu:rate_5m', true, false],
    ['_a', true, true],
    ['9a', false, false],
    ['', false, false],
    ['a-b', false, false],
    ['a\n', false, false],
  ])('%j is a metric name: %s, a label name: %s', (name, metric, label) => {
    expect([isMetricName(name), isLabelName(name)]).toEqual([metric, label]);
  });
});

describe('acceptsGzip', () => {
  it.each<[string | undefined, boolean]>([
    [undefined, false],
    ['', false],
    ['gzip', true],
    ['GZIP', true],
    ['deflate, gzip;q=0.5', true],
    ['gzip;q=0', false],
    ['gzip; q=0.0', false],
    ['*', true],
    ['*;q=0', false],
    ['*, gzip;q=0', false],
    ['identity', false],
    ['notgzip', false],
    ['gzip;q=nonsense', false],
  ])('%j: %s', (header, wanted) => {
    expect(acceptsGzip(header)).toBe(wanted);
  });
});

describe('encodeBody', () => {
  it('gives the text back through gzip with its length', () => {
    const { body, headers } = encodeBody('up 1\nünï 2\n', 'gzip');
    expect(gunzipSync(body).toString()).toBe('up 1\nünï 2\n');
    expect(headers).toMatchObject({ 'Content-Encoding': 'gzip', 'Content-Length': String(Buffer.byteLength(body)) });
  });

  it('counts bytes, not characters, without gzip', () => {
    expect(encodeBody('ü', undefined)).toEqual({ body: Buffer.from('ü'), headers: { 'Content-Length': '2', Vary: 'Accept-Encoding' } });
  });
});
