import { heldBy, type Held } from './watch-process.ts';
import { parts, type Part, type SoakStack } from './stack.ts';

/** One look at everything. */
export interface Look {
  /** Seconds since the start of the soak. */
  readonly at: number;
  readonly held: Readonly<Partial<Record<Part, Held>>>;
  /** Of the sidecar, where its /metrics was asked for. */
  readonly page?: PageLook;
}

export interface PageLook {
  readonly milliseconds: number;
  readonly bytes: number;
  readonly heapMiB: number;
  /** Memory of arrays of numbers, outside of the heap. */
  readonly externalMiB: number;
  readonly handles: number;
  /** How long samples took until they were scored, since the start of the process. */
  readonly delays: readonly Bucket[];
}

/** One bucket of a histogram: how many observations were at most `le` seconds. */
export interface Bucket {
  readonly le: number;
  readonly count: number;
}

/** Looks at the processes, and with `withPage` at /metrics of the sidecar. */
export async function look(stack: SoakStack, at: number, withPage: boolean): Promise<Look> {
  const held = Object.fromEntries(parts.map((part) => [part, heldBy(stack.process(part).pid)]));
  if (!withPage) return { at, held };
  const begun = performance.now();
  const text = await pageOf(stack);
  const milliseconds = performance.now() - begun;
  const value = (name: string): number => valueIn(text, name);
  const heapMiB = value('nodejs_heap_size_used_bytes') / 2 ** 20;
  const externalMiB = value('nodejs_external_memory_bytes') / 2 ** 20;
  const handles = value('nodejs_active_handles_total');
  const delays = bucketsOf(text, 'presage_score_delay_seconds', 'watch="soak"');
  return { at, held, page: { milliseconds, bytes: text.length, heapMiB, externalMiB, handles, delays } };
}

/** The text of /metrics of the sidecar. */
export async function pageOf(stack: SoakStack): Promise<string> {
  return (await fetch(`${stack.url('sidecar')}/metrics`)).text();
}

/** The value of one line of an exposition, by all that stands before it. 0 where there is none. */
export function valueIn(text: string, name: string): number {
  const start = text.startsWith(`${name} `) ? 0 : text.indexOf(`\n${name} `) + 1;
  return start === 0 && !text.startsWith(`${name} `) ? 0 : Number.parseFloat(text.slice(start + name.length + 1, start + name.length + 40));
}

function bucketsOf(text: string, name: string, labels: string): readonly Bucket[] {
  return [...text.matchAll(new RegExp(`^${name}_bucket\\{le="([^"]+)",${labels}\\} (\\d+)`, 'gm'))].map(([, le, count]) => ({
    le: le === '+Inf' ? Infinity : Number(le),
    count: Number(count),
  }));
}

/** Seconds below which a share `quantile` of what a histogram gained in all the stretches lies: the upper end of its bucket. */
export function gainedQuantile(
  stretches: readonly (readonly [before: readonly Bucket[], after: readonly Bucket[]])[],
  quantile: number,
): number {
  const gained = (stretches[0]?.[1] ?? []).map(({ le }, i) => ({
    le,
    count: stretches.reduce((sum, [before, after]) => sum + after[i].count - (before[i]?.count ?? 0), 0),
  }));
  const all = gained.at(-1)?.count ?? 0;
  return gained.find(({ count }) => count >= quantile * all)?.le ?? NaN;
}
