import { describe, expect, it } from 'vitest';
import { parseAnswer, parseSampleValue, parseVector } from './answer.ts';

const body = (text: string) => new TextEncoder().encode(text);
const data = (json: string) => parseAnswer(body(`{"status":"success","data":${json}}`)).data;

describe('parseAnswer', () => {
  it.each([
    ['an empty body', ''],
    ['a login page', '<html><body>Sign in</body></html>'],
    ['a truncated answer', '{"status":"success","data":{"resultType":"mat'],
    ['JSON of something else', '{"message":"hello"}'],
    ['null', 'null'],
    ['a list', '[]'],
  ])('refuses %s', (_, text) => {
    expect(() => parseAnswer(body(text))).toThrow(expect.objectContaining({ kind: 'bad-answer' }));
  });

  it('hands on errors, warnings and infos', () => {
    expect(parseAnswer(body('{"status":"error","errorType":"bad_data","error":"parse error","warnings":["w",1],"infos":["i"]}'))).toEqual({
      ok: false,
      data: undefined,
      errorType: 'bad_data',
      error: 'parse error',
      warnings: ['w', 'i'],
    });
  });
});

describe('parseVector', () => {
  it('reads a vector and leaves native histograms out', () => {
    const result = '[{"metric":{"__name__":"up","job":"a"},"value":[7,"0"]},{"metric":{},"histogram":[7,{}]}]';
    expect(parseVector(data(`{"resultType":"vector","result":${result}}`))).toEqual({
      series: [{ name: 'up', labels: { job: 'a' }, time: 7, value: 0 }],
      histograms: 1,
    });
  });

  it('reads a scalar as one series without labels', () => {
    expect(parseVector(data('{"resultType":"scalar","result":[7,"2"]}')).series).toEqual([{ name: '', labels: {}, time: 7, value: 2 }]);
  });
});

it.each([
  ['1.5', 1.5],
  ['NaN', NaN],
  ['+Inf', Infinity],
  ['-Inf', -Infinity],
  ['-0', -0],
  ['', NaN],
  ['x', NaN],
])('parseSampleValue(%j) is %d', (text, value) => {
  expect(parseSampleValue(text)).toBe(value);
});
