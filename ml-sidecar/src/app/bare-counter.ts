import { parser } from '@prometheus-io/lezer-promql';

type Node = ReturnType<typeof parser.parse>['topNode'];

/** Endings of names that a counter has by convention. */
const COUNTER = /_(total|count|sum|bucket)$/;

/**
 * Functions that leave a counter one, or that go wrong where it is reset. All others either bear resets, as rate does, or make
 * something else of it.
 */
const LEAVING = new Set(
  (
    'abs avg_over_time ceil clamp clamp_max clamp_min delta deriv floor histogram_quantile idelta label_join label_replace ' +
    'last_over_time max_over_time min_over_time predict_linear quantile_over_time round'
  ).split(' '),
);
/** Aggregations that count series, not what they say. */
const COUNTING = new Set(['count', 'count_values', 'group']);

/** A counter whose level an expression reads. */
export interface BareCounter {
  /** The selector as it is written. */
  readonly selector: string;
  /** What to write in its place. */
  readonly instead: string;
}

/**
 * The first counter in a PromQL expression that is read as if it were a gauge: by a plain selector, arithmetic or aggregation,
 * outside of rate, increase, resets and their like. By its name alone (`_total`, `_count`, `_sum`, `_bucket`); undefined where
 * there is none.
 */
export function bareCounterIn(expr: string): BareCounter | undefined {
  let found: BareCounter | undefined;
  parser.parse(expr).iterate({
    enter({ name, node }) {
      if (found !== undefined || name !== 'VectorSelector') return;
      const selector = expr.slice(node.from, node.to);
      const metric = /^[\w:]+/.exec(selector)?.[0] ?? /__name__\s*=\s*["']([\w:]+)["']/.exec(selector)?.[1];
      if (metric === undefined || !COUNTER.test(metric) || !isLeft(node, expr)) return;
      found = { selector, instead: `rate(${selector}[5m])` };
    },
  });
  return found;
}

/** Whether nothing around the selector makes something else of its level. */
function isLeft(selector: Node, expr: string): boolean {
  for (let node = selector.parent; node !== null; node = node.parent) {
    const word = node.firstChild === null ? '' : expr.slice(node.firstChild.from, node.firstChild.to).toLowerCase();
    if (node.name === 'FunctionCall' && !LEAVING.has(word)) return false;
    if (node.name === 'AggregateExpr' && COUNTING.has(word)) return false;
  }
  return true;
}
