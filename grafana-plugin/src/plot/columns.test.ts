import { expect, test } from 'vitest';
import { readModel } from '../model/readModel.ts';
import { source } from '../model/sources.fixture.ts';
import { toColumns } from './columns.ts';

const columns = (...fields: ReturnType<typeof source>[]) => toColumns(readModel(fields, { shares: [0.8], threshold: 1 }, 100).series);

test('all series share one time axis: a gap breaks the line, a time of another series does not', () => {
  expect(columns(source({ instance: 'a' }, [10, 20, 30], [1, null, 3]), source({ instance: 'b' }, [20, 25], [5, 6]))).toEqual([
    [10, 20, 25, 30],
    [1, null, undefined, 3],
    [undefined, undefined, undefined, undefined],
    [undefined, 5, 6, undefined],
    [undefined, undefined, undefined, undefined],
  ]);
});

test('the cursor follows the middle of a band that has no median', () => {
  const quantile = (level: string, value: number) => source({ __name__: 'presage_forecast', quantile: level }, [110], [value]);
  expect(columns(quantile('0.1', 1), quantile('0.9', 3))).toEqual([[110], [undefined], [2]]);
});
