import type { ReplayResult } from './replay.ts';
import type { Incident } from './incidents.ts';
import type { Verdict, WeekVerdict } from './judge.ts';

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
  const parts: (readonly [string, readonly (readonly string[])[]])[] = [
    ['By rule', ruleRows(verdicts)],
    ['By week and rule: right + false', weekRows(result)],
    ['What happened, and how long before it hurt each set told: * could be foreseen', incidentRows(result)],
    ['Not replayed', result.skipped.map(({ set, rule, why }) => [`${set}: ${rule}: ${why}`])],
  ];
  return [
    `${dateText(result.from)} to ${dateText(result.to)} (UTC)`,
    '',
    columns(rows),
    ...parts.flatMap(([title, part]) => (part.length > 0 ? ['', title, columns(part)] : [])),
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
  const weeks = verdicts[0]?.weeks.map((_, i) => dateText(from + i * 7 * 86_400).slice(5, 10)) ?? [];
  const cells = (all: readonly WeekVerdict[]): readonly string[] => all.map(({ right, wrong }) => `${right} + ${wrong}`);
  return [
    ['set', 'alert', ...weeks],
    ...verdicts.flatMap(({ name, rules, weeks: all }) => [
      ...rules.map((rule) => [name, rule.alert, ...cells(rule.weeks)]),
      [name, 'all', ...cells(all)],
    ]),
  ];
}

function incidentRows({ incidents, verdicts }: ReplayResult): readonly (readonly string[])[] {
  if (incidents.length === 0) return [];
  return [
    ['hurt', 'what', 'where', ...verdicts.map(({ name }) => name)],
    ...incidents.map((one, i) => [
      dateText(one.hurt),
      `${one.kind}${one.foreseeable ? ' *' : ''}`,
      whereText(one),
      ...verdicts.map((verdict) => leadOf(verdict, one, i)),
    ]),
  ];
}

/** How long before an incident hurt a set of rules told it. */
export function leadOf({ first, firings }: Verdict, { hurt }: Incident, index: number): string {
  return first[index] < 0 ? 'missed' : leadText(hurt - firings[first[index]].start);
}

/** The place of an incident: the values of its labels. */
export function whereText({ labels }: Incident): string {
  const values = Object.entries(labels).filter(([name]) => name !== 'job' && name !== 'limit');
  return [...new Set(values.map(([, value]) => value))].join(' ');
}

/** A time as `2026-06-01 12:30`, UTC. */
export function dateText(time: number): string {
  return new Date(time * 1000).toISOString().slice(0, 16).replace('T', ' ');
}

/** Columns of text; those that hold figures alone below their head are right-aligned. */
function columns(rows: readonly (readonly string[])[]): string {
  const places = rows[0].map((_, c) => ({
    width: Math.max(...rows.map((row) => row[c].length)),
    figures: rows.slice(1).every((row) => FIGURE.test(row[c])),
  }));
  return rows
    .map((row) =>
      row
        .map((cell, c) => (places[c].figures ? cell.padStart(places[c].width) : cell.padEnd(places[c].width)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A number, two, a lead, or that there is none. */
const FIGURE = /^(-?[\d.]+( h \d+)?( min)?|\d+ \+ \d+|–|missed)$/;

/** The result for programs: everything but the series. Spans in seconds, times in Unix seconds; Infinity as null. */
export function replayJson({ from, to, incidents, verdicts, skipped }: ReplayResult): string {
  return `${JSON.stringify({ from, to, incidents, ruleSets: verdicts, skipped }, null, 2)}\n`;
}
