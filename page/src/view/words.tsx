import type { JSX } from 'preact';
import type { OutlookAnswer, StateCounts } from '../../../ml-sidecar/src/serve/answers.ts';
import { spanText } from '../chart/clock.ts';

/** What each state of a series means to a reader. */
export const stateWords: Readonly<Record<keyof StateCounts, string>> = {
  ready: 'forecast and scored',
  learning: 'too little history yet',
  stale: 'no values any more',
  unforecastable: 'nothing to foresee: pages nobody',
};

/** The state of a series: a word, and a shape that is told without colour. */
export const StateChip = ({ state }: { state: keyof StateCounts }): JSX.Element => (
  <span class={`chip ${state}`} title={stateWords[state]}>
    <span aria-hidden="true">{{ ready: '●', learning: '◔', stale: '○', unforecastable: '◌' }[state]}</span> {state}
  </span>
);

/** "12 ready, 2 learning": the states that there are. */
export function statesText(states: StateCounts): string {
  const order = ['ready', 'learning', 'unforecastable', 'stale'] as const;
  const said = order.filter((state) => states[state] > 0).map((state) => `${states[state]} ${state}`);
  return said.length > 0 ? said.join(', ') : 'no series';
}

/** "2.4 ▲": a score with the side on which the value lies. */
export function scoreText(score: number, direction: number): string {
  const digits = score >= 100 ? score.toFixed(0) : score.toFixed(1);
  return direction === 0 || score <= 1 ? digits : `${digits} ${direction > 0 ? '▲' : '▼'}`;
}

/** "in about 3 h (95 %: 2 h 10 min to 5 h)": when a limit is passed. */
export function outlookText({ seconds }: OutlookAnswer): string {
  const [soon, median, late] = seconds;
  if (typeof median === 'number' && median <= 0) return 'passed already';
  const between = typeof late === 'number' && typeof soon === 'number' ? `95 %: ${spanText(soon)} to ${spanText(late)}` : '';
  const notBefore = typeof soon === 'number' && typeof late !== 'number' ? `not before ${spanText(soon)}` : '';
  const band = between || notBefore;
  if (typeof median === 'number') return `in about ${spanText(median)}${band === '' ? '' : ` (${band})`}`;
  return typeof soon === 'number' ? `possible, ${notBefore}` : 'not in sight';
}

/** A share of 1 in whole percent. */
export function shareText(share: number | null): string {
  return share === null ? '–' : `${Math.round(share * 100)} %`;
}
