import type { Labels } from '../watch/labels.ts';
import type { Firing } from './alert-timeline.ts';
import type { Incident } from './incidents.ts';

/** How one rule did. */
export interface RuleVerdict {
  readonly alert: string;
  readonly fired: number;
  readonly right: number;
  readonly wrong: number;
  /** The same by week of the range. */
  readonly weeks: readonly WeekVerdict[];
}

/** Firings that began within seven days. */
export interface WeekVerdict {
  readonly right: number;
  readonly wrong: number;
}

/** The range that is judged, Unix seconds, and what counts neither way in it. */
export interface JudgedSpan {
  readonly start: number;
  readonly end: number;
  readonly ignored?: readonly Incident[];
}

/** How one set of rules did over the range. */
export interface Verdict {
  readonly name: string;
  readonly fired: number;
  readonly right: number;
  readonly wrong: number;
  readonly caught: number;
  readonly missed: number;
  /** Seconds from the first right alert to the hurt, one for each caught incident that could be foreseen; negative: too late. */
  readonly leads: readonly number[];
  /** Median of `leads`, NaN without any. */
  readonly medianLead: number;
  readonly rules: readonly RuleVerdict[];
  /** Firings by week of the range: the first seven days, the next … */
  readonly weeks: readonly WeekVerdict[];
  /** Each firing, with the incident that it told; −1 for none. */
  readonly firings: readonly (Firing & { readonly incident: number })[];
  /** Per incident, the first firing that told it; −1 for a missed one. */
  readonly first: readonly number[];
}

/** Labels that tell alerts and Presage's own series apart, not what is wrong where. */
const own = new Set(['alertname', 'severity', 'quantile', 'horizon', 'level', 'state', 'model', 'job', 'kind', 'watch', 'limit']);
const WEEK = 7 * 86_400;
/** Seconds after an incident in which an alert of it still is no false one. */
const GRACE = 1800;

/** Holds the firings of a set of rules, in the order of their start, against what really happened within `span`. */
export function judge(name: string, firings: readonly Firing[], incidents: readonly Incident[], span: JudgedSpan): Verdict {
  const judged = firings
    .map((firing) => ({ ...firing, incident: incidents.findIndex((incident) => tells(firing, incident)) }))
    .filter((firing) => firing.incident >= 0 || !span.ignored?.some((incident) => tells(firing, incident)));
  const first = incidents.map((incident) => judged.findIndex((firing) => tells(firing, incident) && firing.start <= incident.end));
  const right = judged.filter(({ incident }) => incident >= 0).length;
  const leads = incidents.flatMap(({ hurt, foreseeable }, i) => (foreseeable && first[i] >= 0 ? [hurt - judged[first[i]].start] : []));
  return {
    name,
    fired: judged.length,
    right,
    wrong: judged.length - right,
    caught: first.filter((one) => one >= 0).length,
    missed: first.filter((one) => one < 0).length,
    leads,
    medianLead: median(leads),
    rules: byRule(judged, span),
    weeks: byWeek(judged, span),
    firings: judged,
    first,
  };
}

/** Whether a firing began within an incident, and is about the same place as far as both name one. */
function tells(firing: Firing, incident: Incident): boolean {
  if (firing.start < incident.start || firing.start > incident.end + GRACE) return false;
  return agree(firing.labels, incident.labels);
}

function agree(labels: Labels, known: Labels): boolean {
  // A predicted limit is about that limit of that watch; anything else is about the place.
  const strict = labels.limit !== undefined && known.limit !== undefined ? ['watch', 'limit'] : [];
  const shared = Object.keys(known).filter((name) => labels[name] !== undefined && (!own.has(name) || strict.includes(name)));
  const place = shared.filter((name) => !own.has(name));
  return place.length > 0 && shared.every((name) => labels[name] === known[name]);
}

type Judged = Firing & { readonly incident: number };

function byRule(judged: readonly Judged[], span: JudgedSpan): readonly RuleVerdict[] {
  const names = [...new Set(judged.map(({ alert }) => alert))].sort();
  return names.map((alert) => {
    const mine = judged.filter((firing) => firing.alert === alert);
    const right = mine.filter(({ incident }) => incident >= 0).length;
    return { alert, fired: mine.length, right, wrong: mine.length - right, weeks: byWeek(mine, span) };
  });
}

function byWeek(judged: readonly Judged[], { start, end }: JudgedSpan): readonly WeekVerdict[] {
  const weeks = Array.from({ length: Math.max(1, Math.ceil((end - start) / WEEK)) }, () => ({ right: 0, wrong: 0 }));
  for (const { start: began, incident } of judged) {
    const week = Math.max(0, Math.min(weeks.length - 1, Math.floor((began - start) / WEEK)));
    weeks[week][incident >= 0 ? 'right' : 'wrong']++;
  }
  return weeks;
}

function median(values: readonly number[]): number {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
