import { expect, test } from 'vitest';
import { groupFields } from './group.ts';
import { source } from './sources.fixture.ts';

const history = (labels: Record<string, string>, title = '') => source(labels, [], [], { title });
const forecast = (labels: Record<string, string>) => source({ __name__: 'presage_forecast', quantile: '0.5', ...labels }, [], []);
const pairs = (...fields: ReturnType<typeof source>[]) =>
  groupFields(fields).groups.map((group) => [group.actual?.title ?? null, group.watch, group.others.length]);

test('equal labels belong together, each host with its own forecast', () => {
  const fields = [
    history({ instance: 'a' }, 'a'),
    history({ instance: 'b' }, 'b'),
    forecast({ instance: 'b', watch: 'cpu' }),
    forecast({ instance: 'a', watch: 'cpu' }),
  ];
  expect(pairs(...fields)).toEqual([
    ['a', 'cpu', 1],
    ['b', 'cpu', 1],
  ]);
});

test('of several watches with the same labels, the one named in the legend', () => {
  const fields = [
    forecast({ instance: 'a', watch: 'cpu' }),
    forecast({ instance: 'a', watch: 'memory' }),
    history({ instance: 'a' }, 'Memory of a'),
  ];
  expect(pairs(...fields)).toEqual([
    [null, 'cpu', 1],
    ['Memory of a', 'memory', 1],
  ]);
});

test('a history that fits several watches stays alone and is counted', () => {
  const fields = [forecast({ instance: 'a', watch: 'cpu' }), forecast({ instance: 'a', watch: 'memory' }), history({ instance: 'a' }, 'x')];
  expect(groupFields(fields).undecided).toBe(1);
  expect(pairs(...fields)).toHaveLength(3);
});

test('labels that hold all of the other decide where none are equal', () => {
  const fields = [
    history({ __name__: 'load', instance: 'a', job: 'node' }, 'a'),
    history({ __name__: 'load', instance: 'b', job: 'node' }, 'b'),
    forecast({ instance: 'b', watch: 'load' }),
  ];
  expect(pairs(...fields)).toEqual([
    ['a', '', 0],
    ['b', 'load', 1],
  ]);
});

test('one history and one forecast belong together whatever their labels', () => {
  expect(pairs(history({}, 'sum'), forecast({ instance: 'a', watch: 'cpu' }))).toEqual([['sum', 'cpu', 1]]);
});

test('quotes and unicode in labels do not split a series', () => {
  const labels = { instance: 'a"b\\c', 名: '☂' };
  expect(pairs(history(labels, 'x'), forecast({ ...labels, watch: 'cpu' }), history({ instance: 'other' }, 'y'))).toEqual([
    ['x', 'cpu', 1],
    ['y', '', 0],
  ]);
});
