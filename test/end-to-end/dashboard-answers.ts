import { dashboardQueries, type DashboardQuery } from '../contract/dashboards.ts';
import type { StackProcess } from './stack-process.ts';

/** Queries that may find nothing on a stack a minute old, with the reason. */
const mayBeEmpty: readonly (readonly [expr: RegExp, why: string])[] = [
  [/timestamp\(presage:limit:passed/, 'needs a limit that was announced and then passed, which takes hours'],
  [
    /presage_(time_to_)?limit(_seconds)?\{watch="(disk-latency|network-(receive|transmit)|probe-latency)"/,
    'the preset sets no limit there; a user may',
  ],
  [/presage_\w+\{watch="filesystem-inodes"/, 'the generated hosts count no inodes, and the real one has yet to learn'],
  [/presage_(ignored_samples|dropped_series|gaps)_total/, 'counts what has not happened here'],
];

/** What is wrong with the dashboards' queries on a running demo: each fault names its place. Every query is asked. */
export async function faultsOfDashboards(stack: StackProcess, hosts: readonly string[]): Promise<string[]> {
  const faults: string[] = [];
  for (const query of dashboardQueries()) faults.push(...(await faultsOf(stack, hosts, query)));
  return faults;
}

async function faultsOf(stack: StackProcess, hosts: readonly string[], { place, expr, labels }: DashboardQuery): Promise<string[]> {
  const missing = new Set(labels);
  let found = 0;
  for (const host of expr.includes('$instance') ? hosts : ['']) {
    const asked = expr.replaceAll('$instance', host).replaceAll('$watch', '.+').replaceAll('$__range', '1h');
    const samples = await stack.query(asked).catch((cause: unknown) => Promise.reject(new Error(`${place}: ${asked}`, { cause })));
    found += samples.length;
    for (const { metric } of samples) for (const name of Object.keys(metric)) missing.delete(name);
  }
  if (mayBeEmpty.some(([pattern]) => pattern.test(expr))) return [];
  if (found === 0) return [`${place}: no data for ${expr}`];
  return [...missing].map((name) => `${place}: no series has the label ${name}: ${expr}`);
}
