import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '../../stack/src/wait.ts';
import { dashboardQueries } from '../contract/dashboards.ts';
import { repositoryFile } from '../contract/machine.ts';
import { faultsOfDashboards } from './dashboard-answers.ts';
import { endStacks, isAlive, StackProcess } from './stack-process.ts';

afterAll(endStacks);

describe('npm run demo', () => {
  const begun = Date.now();
  let stack: StackProcess;
  beforeAll(async () => {
    stack = new StackProcess('demo');
    await stack.says(/Ctrl-C stops everything/, 120);
  });

  test('says that its history is generated', () => {
    expect(stack.output).toContain('The hosts demo-* and their three weeks of history are generated, not measured.');
  });

  test('forecasts past now come back through Prometheus within 60 s of the start', async () => {
    const forecasts = await waitFor(
      async () => {
        const samples = await stack.query('presage_forecast{watch="cpu",quantile="0.5"} offset -6h');
        return samples.length >= 4 ? samples : undefined;
      },
      { what: 'forecasts of the CPU of four hosts', deadline: 60 },
    );
    expect((Date.now() - begun) / 1000).toBeLessThan(60);
    expect(new Set(forecasts.map(({ metric }) => metric['instance']))).toEqual(
      new Set(['demo-web-1', 'demo-web-2', 'demo-db-1', 'demo-batch-1']),
    );
    for (const { value } of forecasts) {
      expect(Number(value[1])).toBeGreaterThanOrEqual(0);
      expect(Number(value[1])).toBeLessThanOrEqual(1);
    }
  });

  test('the history is three weeks long, and the live hosts go on where it ends', async () => {
    const [days] = await stack.query('count_over_time(node_load1{instance="demo-web-2"}[21d:1h]) / 24');
    expect(Number(days.value[1])).toBeGreaterThan(20.9);
    const [rate] = await waitFor(
      async () => {
        const samples = await stack.query('rate(node_cpu_seconds_total{instance="demo-web-2",cpu="0",mode="idle"}[1m])');
        return samples.length > 0 ? samples : undefined;
      },
      { what: 'live samples', deadline: 60 },
    );
    expect(Number(rate.value[1])).toBeGreaterThan(0);
    expect(Number(rate.value[1])).toBeLessThanOrEqual(1.01);
    // A counter that did not go on would show as a jump.
    const [jump] = await stack.query('max(rate(node_cpu_seconds_total{instance="demo-web-2"}[5m]))');
    expect(Number(jump.value[1])).toBeLessThanOrEqual(1.01);
  });

  test('the filling volume, the leak and the slow disk are announced in the terminal', async () => {
    await stack.says(/^\[(page|ticket)\] PresageLimit(Soon|Ahead): filesystem on demo-db-1 \(\/var\/lib\/postgresql\)/m, 120);
    await stack.says(/^\[(page|ticket)\] PresageLimit(Soon|Ahead): memory on demo-web-2/m, 120);
    await stack.says(/^\[ticket\] PresageAnomaly: disk-latency on demo-batch-1/m, 120);
    expect(stack.output).not.toMatch(/\bPresage(SidecarDown|ForecastUnreadable|WatchFailing)/);
  }, 400_000);

  test('every metric of Presage that a rule names is there', async () => {
    const folder = repositoryFile('provisioning/prometheus/rules');
    const text = readdirSync(folder)
      .map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
      .join();
    const named = new Set(text.match(/\bpresage_\w+/g));
    const page = await (await fetch(`${stack.address('Presage')}/metrics`)).text();
    // A counter that has counted nothing yet has a type and no sample.
    const served = new Set([...page.matchAll(/^# TYPE (presage_\w+) /gm)].map(([, name]) => name));
    expect([...named].filter((name) => name !== 'presage_forecast' && !served.has(name))).toEqual([]);
    expect(named.size).toBeGreaterThan(8);
  });

  test('every query of every dashboard finds data, with every label that the dashboard shows', async () => {
    const hosts = ['demo-db-1', 'demo-web-2', 'demo-batch-1', 'https://api.demo.example', hostname()];
    const faults = async (): Promise<string[]> => await faultsOfDashboards(stack, hosts);
    let found = await faults();
    // Rates need two scrapes of what began last.
    for (const end = Date.now() + 90_000; found.length > 0 && Date.now() < end;) found = await faults();
    expect(found).toEqual([]);
    expect(dashboardQueries().length).toBeGreaterThan(100);
  });

  test('Ctrl-C ends every process', async () => {
    const pids = Object.values(stack.pids());
    expect(pids).toHaveLength(5);
    stack.process.kill('SIGINT');
    expect(await stack.exited).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
  });
});
