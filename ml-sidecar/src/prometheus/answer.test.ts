import { describe, expect, it } from 'vitest';
import { parseAnswer, parseMatrix, parseSampleValue, parseVector } from './answer.ts';

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

describe('parseMatrix', () => {
  it('reads samples, specials included, and keeps the name apart from the labels', () => {
    const values = '[[1.5,"1"],[2,"NaN"],[3,"+Inf"],[4,"-Inf"],[5,"1e-9"]]';
    expect(parseMatrix(data(`{"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"a"},"values":${values}}]}`))).toEqual({
      series: [
        {
          name: 'up',
          labels: { job: 'a' },
          times: Float64Array.of(1.5, 2, 3, 4, 5),
          values: Float64Array.of(1, NaN, Infinity, -Infinity, 1e-9),
        },
      ],
      histograms: 0,
    });
  });

  it('leaves native histograms out and counts them', () => {
    const histograms = '[[1,{"count":"3","sum":"2"}],[2,{"count":"3","sum":"2"}]]';
    const result = `[{"metric":{"a":"1"},"histograms":${histograms}},{"metric":{"a":"2"},"values":[[1,"1"]],"histograms":${histograms}}]`;
    const { series, histograms: count } = parseMatrix(data(`{"resultType":"matrix","result":${result}}`));
    expect(count).toBe(4);
    expect(series.map(({ labels }) => labels)).toEqual([{ a: '2' }]);
  });

  it('keeps a label called __proto__', () => {
    const [series] = parseMatrix(data('{"resultType":"matrix","result":[{"metric":{"__proto__":"x"},"values":[[1,"1"]]}]}')).series;
    expect(Object.entries(series.labels)).toEqual([['__proto__', 'x']]);
  });

  it.each([
    ['a vector', '{"resultType":"vector","result":[]}'],
    ['no data', 'null'],
    ['a sample without value', '{"resultType":"matrix","result":[{"metric":{},"values":[[1]]}]}'],
    ['a sample whose value is a number', '{"resultType":"matrix","result":[{"metric":{},"values":[[1,2]]}]}'],
  ])('refuses %s', (_, json) => {
    expect(() => parseMatrix(data(json))).toThrow(expect.objectContaining({ kind: 'bad-answer' }));
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
