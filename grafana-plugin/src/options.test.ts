import { describe, expect, test } from 'vitest';
import { changeFrom, migrate } from './migration.ts';
import { defaults, ownOptions } from './options.ts';

describe('stored options', () => {
  test('of a new panel are the defaults', () => {
    expect(ownOptions({})).toEqual(defaults);
  });

  test.each([
    ['shares for percents', { bands: [0.5, 0.95] }, { bands: [50, 95] }],
    ['words for numbers', { bands: ['80'], anomalyThreshold: '2' }, { bands: [80], anomalyThreshold: 2 }],
    ['no bands at all', { bands: [] }, { bands: [] }],
    ['nonsense', { bands: 'all', showPast: 'yes', anomalyThreshold: -1, limitSide: 'left', layout: 7 }, defaults],
  ])('with %s are understood', (_name, stored, wanted) => {
    expect(ownOptions(stored)).toMatchObject(wanted);
  });

  test('keep what is Grafana’s when they are migrated', () => {
    const legend = { showLegend: false, displayMode: 'list', placement: 'right', calcs: ['last'] };
    expect(migrate(JSON.parse(JSON.stringify({ options: { legend, bands: [0.8], old: 1 } })))).toEqual({
      ...defaults,
      legend,
      bands: [80],
      old: 1,
    });
  });
});

describe('a panel that was a time series', () => {
  const fieldConfig = () => ({
    defaults: {},
    overrides: [
      { matcher: { id: 'byName', options: 'upper' }, properties: [{ id: 'custom.fillBelowTo', value: 'lower' }] },
      {
        matcher: { id: 'byName', options: 'cpu' },
        properties: [
          { id: 'unit', value: 's' },
          { id: 'custom.fillOpacity', value: 10 },
        ],
      },
    ],
  });

  test('keeps legend and tooltip and loses the pairs that stood for bands', () => {
    const panel = { fieldConfig: fieldConfig() };
    const kept = changeFrom(panel, 'timeseries', { legend: { calcs: ['mean'] }, tooltip: { mode: 'single' }, timezone: ['utc'] });
    expect(kept).toEqual({ legend: { calcs: ['mean'] }, tooltip: { mode: 'single' } });
    expect(panel.fieldConfig.overrides).toEqual([{ matcher: { id: 'byName', options: 'cpu' }, properties: [{ id: 'unit', value: 's' }] }]);
  });

  test('any other panel keeps its overrides', () => {
    const panel = { fieldConfig: fieldConfig() };
    expect(changeFrom(panel, 'stat', { legend: {} })).toEqual({});
    expect(panel.fieldConfig).toEqual(fieldConfig());
  });
});
