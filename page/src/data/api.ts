import type {
  ChartAnswer,
  DryRunAnswer,
  ExplanationAnswer,
  FleetAnswer,
  StateAnswer,
  WatchAnswer,
} from '../../../ml-sidecar/src/serve/answers.ts';
import type { IncidentAnswer } from './incidents.ts';

/** An answer that says no, in the words of the sidecar. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** One series of a watch with its track record, as `/api/v1/series/WATCH` tells it. */
export interface SeriesAnswer {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: StateAnswer;
  readonly samples: number;
  readonly time: number | null;
  readonly score: number;
  readonly direction: number;
  readonly skill: number | null;
  readonly coverage: Readonly<Record<string, number | null>>;
  readonly model: string | null;
  readonly lastFit: number | null;
  readonly backtestSkill: number | null;
}

/** Asks the sidecar. Rejects with an ApiError where it says no, and with words for a reader where it does not answer. */
export const api = {
  fleet: (): Promise<FleetAnswer> => ask('api/v1/fleet'),
  watches: (): Promise<readonly WatchAnswer[]> => ask('api/v1/watches'),
  series: (watch: string): Promise<readonly SeriesAnswer[]> => ask(`api/v1/series/${encodeURIComponent(watch)}`),
  explanation(watch: string, labels: Readonly<Record<string, string>>): Promise<readonly ExplanationAnswer[]> {
    const query = new URLSearchParams({ 'match[]': selectorOf(labels), limit: '1' });
    return ask(`api/v1/series/${encodeURIComponent(watch)}/explanation?${query.toString()}`);
  },
  chart(watch: string, labels: Readonly<Record<string, string>>, past: number, series: number): Promise<ChartAnswer> {
    const query = new URLSearchParams({ past: `${Math.ceil(past)}s`, series: String(series) });
    for (const [name, value] of Object.entries(labels)) query.set(`label.${name}`, value);
    return ask(`api/v1/chart/${encodeURIComponent(watch)}?${query.toString()}`);
  },
  incidents: (since: number, limit: number): Promise<readonly IncidentAnswer[]> => ask(`api/v1/incidents?since=${since}&limit=${limit}`),
  feedback: (verdict: Readonly<Record<string, unknown>>): Promise<unknown> => ask('api/v1/feedback', JSON.stringify(verdict)),
  dryRun: (entry: Readonly<Record<string, unknown>>): Promise<DryRunAnswer> => ask('api/v1/dry-run', JSON.stringify(entry)),
};

/** A selector of exactly these label values, written as PromQL wants it. */
export function selectorOf(labels: Readonly<Record<string, string>>): string {
  const escaped = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')}}`;
}

/** `data` of an answer in Prometheus' form; with a body it is posted. */
async function ask<T>(path: string, body?: string): Promise<T> {
  let response: Response;
  try {
    const sent = body === undefined ? {} : { method: 'POST', body };
    response = await fetch(path, { ...sent, headers: { Accept: 'application/json', 'Content-Type': 'application/json' } });
  } catch {
    throw new ApiError(0, 'The sidecar does not answer. Is presage still running?');
  }
  const text = await response.text();
  const answer = parse(text);
  if (answer === undefined) throw new ApiError(response.status, `The sidecar answers with ${response.status} and no JSON.`);
  if (answer.status !== 'success') throw new ApiError(response.status, answer.error ?? `The sidecar answers with ${response.status}.`);
  return answer.data;
}

function parse(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
