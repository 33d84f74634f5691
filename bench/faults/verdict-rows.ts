import type { StateVerdict } from '../../test/faults/polled-state.ts';
import { atMost, type BenchRow } from '../bench.ts';

/** What a sidecar had learnt after `what`, against a run that nothing disturbed. */
export function verdictRows(what: string, { series, values, lost, wrong, otherwise }: StateVerdict): readonly BenchRow[] {
  return [
    atMost(`${what}: values lost or wrong`, lost + wrong, 0, ` of ${series * values}`, 0),
    atMost(`${what}: series scored otherwise than by an undisturbed run`, otherwise, 0, ` of ${series}`, 0),
  ];
}
