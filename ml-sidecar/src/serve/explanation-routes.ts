import type { Express, Request } from 'express';
import { MatcherError, matchesSeries, type Matcher } from '../prometheus/matcher.ts';
import { parseSelector } from '../prometheus/selector.ts';
import { explain } from '../watch/explanation.ts';
import type { Watch } from '../watch/watch.ts';
import type { WatchedSeries } from '../watch/watched-series.ts';
import type { ExplanationAnswer } from './answers.ts';
import { failure, success } from './envelope.ts';
import type { Served } from './served.ts';

/** Most series that one answer explains. */
const mostExplained = 1000;

/**
 * `GET /api/v1/series`: every series with its watch, state, model and skill. `GET /api/v1/series/WATCH/explanation`: why each of its
 * series is forecast as it is. Both take `match[]`, selectors of which a series must match one, and `limit`.
 */
export function addExplanationRoutes(app: Express, served: Served): void {
  app.get('/api/v1/series', (request, response) => {
    const question = questionOf(request);
    if (typeof question === 'string') return failure(response, 400, 'bad_data', question);
    const all = served.watches.flatMap(({ watch }) => matching(watch, question).map((series) => summary(watch, series)));
    return success(response, all.slice(0, question.limit));
  });
  app.get('/api/v1/series/:watch/explanation', (request, response) => {
    const found = served.watches.find(({ watch }) => watch.settings.name === request.params.watch);
    if (!found) return failure(response, 404, 'not_found', `no watch ${JSON.stringify(request.params.watch)}`);
    const question = questionOf(request);
    if (typeof question === 'string') return failure(response, 400, 'bad_data', question);
    const { watch } = found;
    const chosen = matching(watch, question).slice(0, Math.min(question.limit, mostExplained));
    return success(
      response,
      chosen.map((series): ExplanationAnswer => explain(watch, series, served.gauges, served.now())),
    );
  });
}

interface Question {
  /** One of these sets must match whole; none: every series. */
  readonly selectors: readonly (readonly Matcher[])[];
  readonly limit: number;
}

/** What is asked, or place, finding and wish of what cannot be understood. */
function questionOf(request: Request): Question | string {
  const given = request.query['match[]'] ?? request.query.match ?? [];
  const texts = (Array.isArray(given) ? given : [given]).map(String);
  const limit = request.query.limit === undefined ? Infinity : Number(request.query.limit);
  if (!(limit >= 1)) return `limit: got ${JSON.stringify(request.query.limit)}, want a number of at least 1`;
  const selectors: (readonly Matcher[])[] = [];
  for (const text of texts) {
    const read = selectorOf(text);
    if (typeof read === 'string') return `match[]: got ${JSON.stringify(text)}, want ${read}`;
    selectors.push(read);
  }
  return { selectors, limit: Math.floor(limit) };
}

function selectorOf(text: string): readonly Matcher[] | string {
  try {
    return parseSelector(text)?.matchers ?? 'a selector such as {instance="web-1"}';
  } catch (error) {
    if (error instanceof MatcherError) return error.message;
    throw error;
  }
}

function matching(watch: Watch, { selectors }: Question): readonly WatchedSeries[] {
  const all = [...watch.series.values()];
  if (selectors.length === 0) return all;
  const { name } = watch.settings;
  return all.filter(({ labels }) => selectors.some((matchers) => matchesSeries(matchers, '', { watch: name, ...labels })));
}

function summary(watch: Watch, series: WatchedSeries): object {
  const { fitted, skill } = series;
  return {
    watch: watch.settings.name,
    labels: series.labels,
    state: watch.stateOf(series),
    model: fitted?.model ?? null,
    skill: Number.isFinite(skill) ? skill : null,
    score: series.score,
    because: fitted?.because ?? null,
  };
}
