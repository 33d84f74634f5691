/** Labels of a series with its watch among them. */
type Labels = Readonly<Record<string, string>>;

/** A stretch in which one series was anomalous. Times in Unix seconds. */
export interface IncidentAnomaly {
  readonly series: string;
  readonly labels: Labels;
  readonly start: number;
  readonly end: number;
  /** Highest score. */
  readonly peak: number;
  readonly direction: number;
}

/** Anomalies that belong together in time and by labels, as `/api/v1/incidents` tells them. */
export interface IncidentAnswer {
  readonly start: number;
  readonly end: number;
  readonly peak: number;
  /** What all its series have in common. */
  readonly labels: Labels;
  readonly anomalies: readonly IncidentAnomaly[];
  /** Series that may have started it, likeliest first. */
  readonly causes: readonly { readonly series: string; readonly afterSeconds: number; readonly share: number }[];
  readonly similar: readonly { readonly start: number; readonly end: number; readonly likeness: number }[];
}

/** A person's word on an anomaly. */
export type Verdict = 'false-alarm' | 'incident';

/** The body of `/api/v1/feedback` about one anomaly. */
export function feedbackOf({ labels, start }: IncidentAnomaly, verdict: Verdict): Readonly<Record<string, unknown>> {
  const { watch, ...own } = labels;
  return { watch, labels: own, time: start, verdict };
}
