import type { ReplayResult } from './replay.ts';
import type { Verdict } from './judge.ts';

/** The result as a table for people: one column a set of rules. */
export function replayTable(result: ReplayResult): string {
  const { verdicts, incidents } = result;
  const foreseeable = incidents.filter((one) => one.foreseeable).length;
  const rows: (readonly string[])[] = [
    ['', ...verdicts.map(({ name }) => name)],
    ['alerts', ...verdicts.map(({ fired }) => String(fired))],
    ['right', ...verdicts.map(({ right }) => String(right))],
    ['false', ...verdicts.map(({ wrong }) => String(wrong))],
    ['false a week', ...verdicts.map((verdict) => falseAWeek(result, verdict).toFixed(1))],
    [`caught of ${incidents.length}`, ...verdicts.map(({ caught }) => String(caught))],
    ['missed', ...verdicts.map(({ missed }) => String(missed))],
    [`median lead (of ${foreseeable} to be foreseen)`, ...verdicts.map((one) => leadText(one.medianLead))],
  ];
  const span = `${new Date(result.from * 1000).toISOString()} to ${new Date(result.to * 1000).toISOString()}`;
  return [
    span,
    '',
    columns(rows),
    '',
    'By rule',
    columns(ruleRows(verdicts)),
    '',
    'By week: right + false',
    columns(weekRows(result)),
  ].join('\n');
}

/** False alerts of a set of rules in seven days. */
export function falseAWeek({ from, to }: ReplayResult, { wrong }: Verdict): number {
  return (wrong * 7 * 86_400) / (to - from);
}

/** A lead in words: `2 h 10 min`, `-5 min` where the alert came after. */
export function leadText(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const minutes = Math.round(Math.abs(seconds) / 60);
  const text = minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return seconds < 0 && minutes > 0 ? `-${text}` : text;
}

function ruleRows(verdicts: readonly Verdict[]): readonly (readonly string[])[] {
  return [
    ['set', 'alert', 'fired', 'right', 'false'],
    ...verdicts.flatMap(({ name, rules }) =>
      rules.map(({ alert, fired, right, wrong }) => [name, alert, String(fired), String(right), String(wrong)]),
    ),
  ];
}

function weekRows({ from, verdicts }: ReplayResult): readonly (readonly string[])[] {
  const weeks = verdicts[0]?.weeks.length ?? 0;
  return [
    ['week of', ...verdicts.map(({ name }) => name)],
    ...Array.from({ length: weeks }, (_, i) => [
      new Date((from + i * 7 * 86_400) * 1000).toISOString().slice(0, 10),
      ...verdicts.map((verdict) => `${verdict.weeks[i].right} + ${verdict.weeks[i].wrong}`),
    ]),
  ];
}

/** Left-aligned first column, the others right-aligned; texts in the table of rules are short. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  return rows
    .map((row) =>
      row
        .map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The result for programs: everything but the series. Spans in seconds, times in Unix seconds; Infinity as null. */
export function replayJson({ from, to, incidents, verdicts }: ReplayResult): string {
  return `${JSON.stringify({ from, to, incidents, ruleSets: verdicts }, null, 2)}\n`;
}
