import type { Express, Request } from 'express';
import { z } from 'zod';
import { keyOf } from '../watch/labels.ts';
import { anomaliesSince, incidentsSince, movedWith, whyAnomalous, type FoundAnomaly, type FoundIncident } from '../watch/why.ts';
import { bodyOf, BodyTooLargeError } from './body.ts';
import { failure, success } from './envelope.ts';
import type { Served } from './served.ts';

/** Seconds looked back unless asked otherwise, and answers given at most. */
const usualSpan = 86_400;
const usualLimit = 20;
const mostAnswers = 200;
const mostFeedbackBytes = 65_536;

const feedbackSchema = z.strictObject({
  watch: z.string({ error: () => 'the name of a watch' }),
  labels: z.record(z.string(), z.string(), { error: () => 'the labels of a series' }),
  time: z.number({ error: () => 'Unix seconds' }),
  verdict: z.enum(['false-alarm', 'incident'], { error: () => 'false-alarm or incident' }),
});

/**
 * `GET /api/v1/anomalies`: when series scored above 1, and why. `GET /api/v1/incidents`: the same put together, with ranked causes
 * and what was like it before. Both take `since` (Unix seconds), `watch` and `limit`. `POST /api/v1/feedback`: a person's word on one.
 */
export function addAnomalyRoutes(app: Express, served: Served): void {
  const watches = () => served.watches.map(({ watch }) => watch);
  app.get('/api/v1/anomalies', (request, response) => {
    const question = questionOf(request, served.now());
    if (typeof question === 'string') return failure(response, 400, 'bad_data', question);
    const chosen = watches().filter(({ settings }) => question.watch === undefined || settings.name === question.watch);
    const found = anomaliesSince(chosen, question.since).slice(0, question.limit);
    return success(
      response,
      found.map((anomaly) => ({ ...describe(anomaly, served.now()), movedWith: movedWith(watches(), anomaly).slice(0, 5) })),
    );
  });
  app.get('/api/v1/incidents', (request, response) => {
    const question = questionOf(request, served.now());
    if (typeof question === 'string') return failure(response, 400, 'bad_data', question);
    const found = incidentsSince(watches(), question.since).filter(
      ({ incident }) => question.watch === undefined || incident.anomalies.some(({ labels }) => labels['watch'] === question.watch),
    );
    return success(response, found.slice(0, question.limit).map(describeIncident));
  });
  // Wanting this content type keeps other sites' forms from posting with a visitor's credentials.
  app.post('/api/v1/feedback', async (request, response) => {
    const read = await readFeedback(request);
    if (typeof read === 'string') return failure(response, 400, 'bad_data', read);
    const { labels, time, verdict } = read;
    const watch = watches().find(({ settings }) => settings.name === read.watch);
    if (!watch) return failure(response, 404, 'not_found', `no watch ${JSON.stringify(read.watch)}`);
    const series = watch.series.get(keyOf(labels));
    if (!series) return failure(response, 404, 'not_found', `no series ${JSON.stringify(labels)} in this watch`);
    const judged = series.anomalies.judge(time, watch.shape.step, verdict);
    if (!judged) return failure(response, 404, 'not_found', `no anomaly of this series at ${time}`);
    if (judged.changed) {
      series.scorer.feedback(verdict, judged.anomaly.peak);
      await served.keep?.(watch);
    }
    return success(response, judged);
  });
}

/** The body of a feedback, or place, finding and wish of what cannot be understood. */
async function readFeedback(request: Request): Promise<z.output<typeof feedbackSchema> | string> {
  if (!request.is('application/json')) {
    return `content-type: got ${JSON.stringify(request.headers['content-type'] ?? '')}, want application/json`;
  }
  let body: unknown;
  try {
    body = JSON.parse((await bodyOf(request, mostFeedbackBytes)).toString());
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof BodyTooLargeError) return `body: got ${error.message}, want JSON`;
    throw error;
  }
  const read = feedbackSchema.safeParse(body, { reportInput: true });
  return read.success ? read.data : read.error.issues.map(faultOf).join('; ');
}

interface Question {
  readonly since: number;
  readonly limit: number;
  readonly watch: string | undefined;
}

/** What is asked, or place, finding and wish of what cannot be understood. */
function questionOf({ query }: Request, now: number): Question | string {
  const since = query['since'] === undefined ? now - usualSpan : Number(query['since']);
  if (!Number.isFinite(since)) return `since: got ${JSON.stringify(query['since'])}, want Unix seconds`;
  const limit = query['limit'] === undefined ? usualLimit : Number(query['limit']);
  if (!(limit >= 1)) return `limit: got ${JSON.stringify(query['limit'])}, want a number of at least 1`;
  const { watch } = query;
  if (watch !== undefined && typeof watch !== 'string') return `watch: got ${JSON.stringify(watch)}, want the name of one watch`;
  return { since, watch, limit: Math.min(mostAnswers, Math.floor(limit)) };
}

function faultOf({ path, message, code, input }: z.core.$ZodIssue): string {
  const place = path.length === 0 ? 'body' : path.map(String).join('.');
  return code === 'unrecognized_keys' ? `${place}: ${message}` : `${place}: got ${JSON.stringify(input) ?? 'nothing'}, want ${message}`;
}

function describe(anomaly: FoundAnomaly, now: number): object {
  const { watch, series, logged } = anomaly;
  const why = whyAnomalous(anomaly);
  const lasting = series.score > 1 && now - logged.end <= 2 * series.shape.step + watch.settings.delay;
  return {
    watch: watch.settings.name,
    labels: series.labels,
    ...logged,
    lasting,
    verdict: logged.verdict ?? null,
    expected: logged.expected ?? null,
    miss: why?.miss ?? null,
    spreads: why?.spreads ?? null,
    explainedBy: why?.explainedBy ?? null,
    readings: why?.readings ?? [],
  };
}

function describeIncident({ incident, similar }: FoundIncident): object {
  const { start, end, peak, labels, anomalies, causes } = incident;
  return { start, end, peak, labels, causes, similar, anomalies };
}
