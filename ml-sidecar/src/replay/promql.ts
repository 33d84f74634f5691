import { parser } from '@prometheus-io/lezer-promql';
import { parseDuration } from '@presage/service/duration.ts';

/** What of the store an expression reads. */
export interface Reads {
  /** Its selectors as they are written, without ranges and offsets: `up{job="node"}`. */
  readonly selectors: readonly string[];
  /** The metric names among them; a selector without one adds none. */
  readonly names: readonly string[];
  /** Seconds that it may look back at most, ranges, subqueries and offsets added up. */
  readonly reach: number;
}

/** An expression that is not PromQL. */
export class PromqlError extends Error {}

const NAME = /__name__\s*=\s*["']([^"']+)["']/;

/** What `expr` reads. Throws a PromqlError that names the place where it is no PromQL. */
export function readsOf(expr: string): Reads {
  const selectors = new Set<string>();
  const names = new Set<string>();
  let reach = 0;
  parser.parse(expr).iterate({
    enter(node) {
      const text = expr.slice(node.from, node.to);
      if (node.type.isError) throw new PromqlError(`got ${JSON.stringify(expr)} (character ${node.from + 1}), want PromQL`);
      if (node.name === 'NumberDurationLiteralInDurationContext') reach += parseDuration(text) ?? (Number(text) || 0);
      if (node.name !== 'VectorSelector') return;
      selectors.add(text);
      const name = /^[a-zA-Z_:][\w:]*/.exec(text)?.[0] ?? NAME.exec(text)?.[1];
      if (name !== undefined) names.add(name);
    },
  });
  return { selectors: [...selectors], names: [...names], reach };
}

/** `expr` with every selector of the metric `name` reading the metric `other` instead; its matchers stay. */
export function withMetric(expr: string, name: string, other: string): string {
  let text = '';
  let copied = 0;
  parser.parse(expr).iterate({
    enter(node) {
      if (node.name !== 'VectorSelector' || !expr.startsWith(name, node.from)) return;
      const end = node.from + name.length;
      if (/[\w:]/.test(expr[end] ?? '')) return;
      text += expr.slice(copied, node.from) + other;
      copied = end;
    },
  });
  return text + expr.slice(copied);
}
