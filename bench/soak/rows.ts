import { atMost, type BenchRow, quantileOf, shown } from '../bench.ts';
import type { Course, Service } from './course.ts';
import { gainedQuantile, type PageLook } from './observe.ts';
import { mediansOf, trendOf, type Trend } from './slope.ts';
import type { Part } from './stack.ts';

/** Seconds after which what delayed samples has passed. */
const DELAYED = 45;

/** The rows of a soak that went on for so many minutes. */
export function rowsOf(course: Course, minutes: number, seed: number): readonly BenchRow[] {
  const { looks, happenings, warm, crashed, account } = course;
  const after = looks.filter(({ at }) => at >= warm);
  const pages = after.flatMap(({ page }) => (page ? [page] : []));
  const most = (what: string, part: Part, read: 'descriptors' | 'threads' | 'children', bar: number): BenchRow =>
    atMost(
      `${part}, more ${what} at the end than after warm-up`,
      growthOf(after.flatMap(({ held }) => held[part]?.[read] ?? [])),
      bar,
      '',
      0,
    );
  return [
    shown('span, and how often something went wrong', `${minutes} min, ${happenings.length} times, seed ${seed}`),
    ...memoryRows(course, 'sidecar'),
    ...memoryRows(course, 'exporter'),
    ...(['prometheus', 'alertmanager'] as const).map((part) => {
      const rss = after.flatMap(({ held }) => held[part]?.rssMiB ?? []);
      return shown(`${part}, resident memory at the end`, `${rss.at(-1)?.toFixed(0)} MiB`);
    }),
    most('open descriptors', 'sidecar', 'descriptors', 3),
    most('open descriptors', 'exporter', 'descriptors', 3),
    most('threads', 'sidecar', 'threads', 0),
    most('threads', 'exporter', 'threads', 0),
    most('child processes', 'sidecar', 'children', 0),
    most('child processes', 'exporter', 'children', 0),
    atMost('sidecar, more open handles at the end than after warm-up', growthOf(pages.map(({ handles }) => handles)), 3, '', 0),
    ...latencyRows(course, pages),
    atMost('samples stored and not scored, or scored twice', Math.abs(account.stored - account.scored), 0, ` of ${account.stored}`, 0),
    atMost('processes that ended by themselves', crashed.length, 0, ` ${crashed.join(' ')}`.trimEnd(), 0),
  ];
}

function memoryRows({ looks, collections, warm }: Course, part: Service): readonly BenchRow[] {
  const resident = looks.filter(({ at }) => at >= warm).flatMap(({ held }) => held[part]?.rssMiB ?? []);
  const kept = collections[part].filter(({ at }) => at >= warm);
  const times = kept.map(({ milliseconds }) => milliseconds);
  const trend = trendOf(mediansOf(resident));
  return [
    atMost(`${part}, growth of resident memory after warm-up`, 100 * trend.growth, 2, ' %', 1),
    shown(`${part}, the same, 95 % interval; mean`, trendText(trend)),
    shown(
      `${part}, heap once all garbage was collected: growth, 95 % interval; mean`,
      growthText(trendOf(kept.map(({ heapMiB }) => heapMiB))),
    ),
    shown(
      `${part}, how often garbage was collected for that, and the longest`,
      `${times.length} times, ${Math.max(...times).toFixed(0)} ms`,
    ),
  ];
}

function growthText(trend: Trend): string {
  return `${percent(trend.growth)}, ${trendText(trend)}`;
}

function trendText({ mean, low, high }: Trend): string {
  return `${percent(low)} to ${percent(high)}; ${mean.toFixed(1)} MiB`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function latencyRows({ looks, happenings, warm, scrapes }: Course, pages: readonly PageLook[]): readonly BenchRow[] {
  const times = pages.map(({ milliseconds }) => milliseconds);
  const half = (share: 0 | 1): number => quantileOf(times.slice((share * times.length) / 2, ((share + 1) * times.length) / 2), 0.5);
  const seen = looks.flatMap(({ at, page }) => (page && at >= warm ? [{ at, delays: page.delays }] : []));
  const stretches = seen.slice(1).map((after, i) => ({ from: seen[i].at, to: after.at, pair: [seen[i].delays, after.delays] as const }));
  const isQuiet = ({ from, to }: { readonly from: number; readonly to: number }): boolean =>
    happenings.every(({ at, delays }) => !delays || at + DELAYED < from || at > to);
  const delay = (chosen: typeof stretches, quantile: number): number =>
    gainedQuantile(
      chosen.map(({ pair }) => pair),
      quantile,
    );
  const quiet = stretches.filter(isQuiet);
  return [
    shown('/metrics of the sidecar', `${((pages.at(-1)?.bytes ?? 0) / 2 ** 20).toFixed(1)} MiB`),
    shown('/metrics of the sidecar, p50, p99 and longest', `${[0.5, 0.99, 1].map((q) => quantileOf(times, q).toFixed(0)).join(', ')} ms`),
    atMost('/metrics of the sidecar, p50 of the second half / first half', half(1) / half(0), 1.5, '×'),
    ...(['sidecar', 'exporter'] as const).map((part) =>
      shown(`${part}, scraped by Prometheus, p50 and p99`, `${scrapes[part].p50.toFixed(3)} s, ${scrapes[part].p99.toFixed(3)} s`),
    ),
    atMost('scrape to score, p50 (bucket)', delay(stretches, 0.5), 1, ' s', 1),
    shown('scrape to score, p99 (bucket)', `${delay(stretches, 0.99)} s`),
    shown(`scrape to score, p99 (bucket), but for ${DELAYED} s after a scrape or Prometheus was stopped`, `${delay(quiet, 0.99)} s`),
  ];
}

/** Median of the last quarter less that of the first. */
function growthOf(values: readonly number[]): number {
  const quarter = Math.ceil(values.length / 4);
  return quantileOf(values.slice(-quarter), 0.5) - quantileOf(values.slice(0, quarter), 0.5);
}
