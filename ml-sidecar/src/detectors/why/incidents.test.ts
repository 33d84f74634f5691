import { describe, expect, it } from 'vitest';
import { incidentRule, incidentsOf, type Anomaly } from './incidents.ts';

const anomaly = (series: string, instance: string, start: number, end: number, peak = 2): Anomaly => ({
  series,
  labels: { instance, job: `job of ${instance}`, __name__: series },
  start,
  end,
  peak,
  direction: 1,
});

describe('incidents', () => {
  it('puts together what is near in time on one host, and keeps hosts apart', () => {
    const found = incidentsOf([
      anomaly('cpu a', 'a', 0, 600),
      anomaly('disk b', 'b', 100, 200),
      anomaly('load a', 'a', 1200, 1300, 5),
      anomaly('cpu a', 'a', 9000, 9100),
    ]);
    expect(found.map(({ start, end, peak, anomalies }) => [start, end, peak, anomalies.map(({ series }) => series)])).toEqual([
      [0, 1300, 5, ['cpu a', 'load a']],
      [100, 200, 2, ['disk b']],
      [9000, 9100, 2, ['cpu a']],
    ]);
  });

  it('takes a chain for one incident, also where a long anomaly bridges short ones', () => {
    const found = incidentsOf([anomaly('long', 'a', 0, 10_000), anomaly('early', 'a', 60, 120), anomaly('late', 'a', 10_500, 10_600)]);
    expect(found.length).toBe(1);
  });

  it('names the labels that all have in common', () => {
    expect(incidentsOf([anomaly('cpu', 'a', 0, 10), anomaly('disk', 'a', 5, 10)])[0].labels).toEqual({ instance: 'a', job: 'job of a' });
  });

  it('groups by the labels that it is told', () => {
    const anomalies = [
      { ...anomaly('cpu a', 'a', 0, 10), labels: { cluster: 'x', instance: 'a' } },
      { ...anomaly('cpu b', 'b', 5, 10), labels: { cluster: 'x', instance: 'b' } },
    ];
    expect(incidentsOf(anomalies).length).toBe(2);
    expect(incidentsOf(anomalies, { ...incidentRule, groupBy: ['cluster'] }).length).toBe(1);
  });

  it('ranks as causes who moved first and far', () => {
    const [{ causes }] = incidentsOf([
      anomaly('disk', 'a', 0, 900, 6),
      anomaly('noise', 'a', 0, 60, 1.1),
      anomaly('latency', 'a', 600, 900, 9),
      anomaly('disk', 'a', 800, 900, 2),
    ]);
    expect(causes.map(({ series, afterSeconds }) => [series, afterSeconds])).toEqual([
      ['disk', 0],
      ['latency', 600],
      ['noise', 0],
    ]);
    expect(causes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it('gives nothing for nothing, and stands ten thousand anomalies', () => {
    expect(incidentsOf([])).toEqual([]);
    const many = Array.from({ length: 10_000 }, (_, i) => anomaly(`s${i}`, `host ${i % 100}`, 10 * i, 10 * i + 5));
    expect(incidentsOf(many, { gapSeconds: 100, groupBy: ['instance'] }).length).toBe(10_000);
    expect(incidentsOf(many, { gapSeconds: 1000, groupBy: ['instance'] }).length).toBe(100);
  });
});
