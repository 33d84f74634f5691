/** A stretch of time in which one series scored above 1. */
export interface Anomaly {
  /** Which series: unique among all. */
  readonly series: string;
  readonly labels: Readonly<Record<string, string>>;
  /** First and last time above 1, Unix seconds. */
  readonly start: number;
  readonly end: number;
  /** Highest score. */
  readonly peak: number;
  /** 1 above, −1 below what was expected. */
  readonly direction: 1 | -1;
}

/** Anomalies that belong together. */
export interface Incident {
  readonly start: number;
  readonly end: number;
  /** Highest score of any member. */
  readonly peak: number;
  /** Labels that all members have in common. */
  readonly labels: Readonly<Record<string, string>>;
  /** By start. */
  readonly anomalies: readonly Anomaly[];
  /** The series that may have started it, likeliest first. */
  readonly causes: readonly Cause[];
}

/** One series as the start of an incident. */
export interface Cause {
  readonly series: string;
  /** Seconds after the start of the incident at which it moved. */
  readonly afterSeconds: number;
  readonly peak: number;
  /** Share of the blame, of all causes 1. */
  readonly share: number;
}

/** How anomalies are put together. */
export interface IncidentRule {
  /** Anomalies that lie further apart than this are two incidents. */
  readonly gapSeconds: number;
  /** Anomalies with the same value of one of these labels belong together; those with none of them stand alone. */
  readonly groupBy: readonly string[];
}

/** What holds unless told otherwise: a quarter of an hour, and one host or one job. */
export const incidentRule: IncidentRule = { gapSeconds: 900, groupBy: ['instance', 'job'] };

/** Seconds in which the blame of a series that moved later falls to a third. */
const BLAME_SECONDS = 600;

/**
 * Puts anomalies that overlap in time, or nearly so, and share a label into incidents, by start. A chain of anomalies is one
 * incident, each being near to the next. The causes are ranked by who moved first and how far: first movers that moved far lead
 * the list, which is where to look first and no proof.
 */
export function incidentsOf(anomalies: readonly Anomaly[], rule: IncidentRule = incidentRule): readonly Incident[] {
  const sorted = [...anomalies].sort((a, b) => a.start - b.start || (a.series < b.series ? -1 : 1));
  const leaders = sorted.map((_, i) => i);
  const leaderOf = (i: number): number => {
    while (leaders[i] !== i) i = leaders[i] = leaders[leaders[i]];
    return i;
  };
  // Anomalies of one label value come by start: each belongs to the one before whose end reaches farthest, if it is near enough.
  const reaching = new Map<string, number>();
  for (const [i, anomaly] of sorted.entries()) {
    for (const key of keysOf(anomaly, rule.groupBy)) {
      const other = reaching.get(key);
      if (other !== undefined && anomaly.start - sorted[other].end <= rule.gapSeconds) leaders[leaderOf(i)] = leaderOf(other);
      if (other === undefined || anomaly.end > sorted[other].end) reaching.set(key, i);
    }
  }
  const members = new Map<number, Anomaly[]>();
  for (const [i, anomaly] of sorted.entries()) {
    const leader = leaderOf(i);
    members.set(leader, [...(members.get(leader) ?? []), anomaly]);
  }
  return [...members.values()].map(incidentOf).sort((a, b) => a.start - b.start);
}

function keysOf(anomaly: Anomaly, groupBy: readonly string[]): readonly string[] {
  const shared = groupBy.filter((label) => anomaly.labels[label] !== undefined).map((label) => `${label}=${anomaly.labels[label]}`);
  return [...shared, `series ${anomaly.series}`];
}

function incidentOf(anomalies: readonly Anomaly[]): Incident {
  const start = anomalies[0].start;
  return {
    start,
    end: Math.max(...anomalies.map((anomaly) => anomaly.end)),
    peak: Math.max(...anomalies.map((anomaly) => anomaly.peak)),
    labels: commonLabels(anomalies),
    anomalies,
    causes: causesOf(anomalies, start),
  };
}

function commonLabels(anomalies: readonly Anomaly[]): Readonly<Record<string, string>> {
  const [first, ...others] = anomalies;
  return Object.fromEntries(Object.entries(first.labels).filter(([label, value]) => others.every(({ labels }) => labels[label] === value)));
}

function causesOf(anomalies: readonly Anomaly[], start: number): readonly Cause[] {
  const blames = new Map<string, { afterSeconds: number; peak: number; blame: number }>();
  for (const { series, start: moved, peak } of anomalies) {
    const afterSeconds = moved - start;
    const blame = Math.log1p(peak) * Math.exp(-afterSeconds / BLAME_SECONDS);
    const known = blames.get(series);
    if (!known || blame > known.blame) blames.set(series, { afterSeconds, peak, blame });
  }
  const total = [...blames.values()].reduce((sum, { blame }) => sum + blame, 0);
  return [...blames]
    .map(([series, { afterSeconds, peak, blame }]) => ({ series, afterSeconds, peak, share: total > 0 ? blame / total : 0 }))
    .sort((a, b) => b.share - a.share);
}
