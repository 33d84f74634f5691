import { describe, expect, it } from 'vitest';
import { createDice } from '@presage/service/fuzz.ts';
import { parseMatrixAnswer } from './matrix-answer.ts';

const parse = (text: string) => parseMatrixAnswer(new TextEncoder().encode(text));
const read = (data: string) => parse(`{"status":"success","data":${data}}`).data;
const values = (list: string) => read(`{"resultType":"matrix","result":[{"metric":{},"values":${list}}]}`).series[0];

describe('parseMatrixAnswer', () => {
  it('knows labels again by their bytes, and gives each series samples of its own', () => {
    const answer = (value: number) =>
      parse(
        `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"ü"},"values":[[1,"${value}"],[2,"2"]]},{"metric":{"a":"u"},"values":[[1,"3"]]}]}}`,
      ).data.series;
    const [before, after] = [answer(1), answer(5)];
    expect(before.map(({ labels, values }) => [labels, ...values])).toEqual([
      [{ a: 'ü' }, 1, 2],
      [{ a: 'u' }, 3],
    ]);
    expect(after[0].labels).toBe(before[0].labels);
    expect([...after[0].values]).toEqual([5, 2]);
    expect([...before[0].values]).toEqual([1, 2]);
  });

  it('reads samples, specials included, and keeps the name apart from the labels', () => {
    const values = '[[1.5,"1"],[2,"NaN"],[3,"+Inf"],[4,"-Inf"],[5,"1e-9"]]';
    expect(read(`{"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"a"},"values":${values}}]}`)).toEqual({
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
    const { series, histograms: count } = read(`{"resultType":"matrix","result":${result}}`);
    expect(count).toBe(4);
    expect(series.map(({ labels }) => labels)).toEqual([{ a: '2' }]);
  });

  it('keeps a label called __proto__', () => {
    const [series] = read('{"resultType":"matrix","result":[{"metric":{"__proto__":"x"},"values":[[1,"1"]]}]}').series;
    expect(Object.entries(series.labels)).toEqual([['__proto__', 'x']]);
  });

  it('hands on status, error, warnings and infos', () => {
    expect(parse('{"warnings":["w",1],"infos":["i"],"data":null,"error":"e","errorType":"t","status":"error"}')).toMatchObject({
      ok: false,
      errorType: 't',
      error: 'e',
      warnings: ['w', 'i'],
    });
  });

  it('does not mind white space, other fields and their order', () => {
    const text = ` {\n "status" : "success" , "data" : { "result" : [ { "values" : [ [ 1 , "2" ] ,\n[ 3 , "4" ] ] , "metric" : { "a" : "\\u00fc\\"]}" } } ] , "stats" : { "x" : [ "]" , { } ] , "y" : null } , "resultType" : "matrix" } } `;
    expect(parse(text).data.series).toEqual([
      { name: '', labels: { a: 'ü"]}' }, times: Float64Array.of(1, 3), values: Float64Array.of(2, 4) },
    ]);
  });

  it('joins no series with the next, however long the first one is', () => {
    const long = Array.from({ length: 5000 }, (_, i) => `[${i},"${i}"]`).join(',');
    const { series } = read(
      `{"resultType":"matrix","result":[{"metric":{"a":"1"},"values":[${long}]},{"metric":{"a":"2"},"values":[[7,"8"]]}]}`,
    );
    expect(series.map(({ times }) => times.length)).toEqual([5000, 1]);
    expect([series[0].values[4999], series[1].values[0]]).toEqual([4999, 8]);
  });

  it('reads every decimal as the language does', () => {
    const dice = createDice(42);
    const texts = [
      '0',
      '-0',
      '1e5',
      '5e-324',
      '1.7976931348623157e308',
      '999999999999999',
      '9999999999999999',
      '0.1',
      '.5',
      '0.000000000000001',
      '1e-400',
    ];
    texts.push(`0.${'0'.repeat(299)}1`, `1${'0'.repeat(308)}`);
    for (let i = 0; i < 3000; i++) {
      const value = (dice.uniform() - 0.5) * 10 ** (dice.below(40) - 20);
      texts.push(String(value), value.toFixed(dice.below(20)), value.toPrecision(1 + dice.below(20)));
    }
    const read = values(`[${texts.map((text, i) => `[${i}.${i % 1000},"${text}"]`).join(',')}]`);
    expect(read.values).toEqual(Float64Array.from(texts, Number));
    expect(read.times).toEqual(Float64Array.from(texts, (_, i) => Number(`${i}.${i % 1000}`)));
  });

  it.each([
    ['a vector', '{"resultType":"vector","result":[]}'],
    ['a result that is no list', '{"resultType":"matrix","result":{}}'],
    ['no data', 'null'],
    ['no labels', '{"resultType":"matrix","result":[{"values":[[1,"1"]]}]}'],
    ['a sample without value', '{"resultType":"matrix","result":[{"metric":{},"values":[[1]]}]}'],
    ['a sample of three', '{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1",2]]}]}'],
    ['a sample whose value is a number', '{"resultType":"matrix","result":[{"metric":{},"values":[[1,2]]}]}'],
    ['a value that is none', '{"resultType":"matrix","result":[{"metric":{},"values":[[1,"x"]]}]}'],
    ['a time that is none', '{"resultType":"matrix","result":[{"metric":{},"values":[[x,"1"]]}]}'],
    ['two points in a number', '{"resultType":"matrix","result":[{"metric":{},"values":[[1.2.3,"1"]]}]}'],
  ])('refuses %s', (_, json) => {
    expect(() => read(json)).toThrow(expect.objectContaining({ kind: 'bad-answer' }));
  });

  it.each([
    ['an empty body', ''],
    ['a login page', '<html><body>Sign in</body></html>'],
    ['a truncated answer', '{"status":"success","data":{"resultType":"mat'],
    ['a truncated string', '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b\\"'],
    ['JSON of something else', '{"message":"hello","data":{"resultType":"x"},"status":"success"}'],
    ['null', 'null'],
    ['a list', '[]'],
    ['an endless nest', `{"x":${'['.repeat(100_000)}`],
  ])('refuses %s', (_, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ kind: 'bad-answer' }));
  });
});
