import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { Watch } from '../watch/watch.ts';
import { coverageLevels } from '../watch/track-record.ts';
import type { WatchedSeries } from '../watch/watched-series.ts';
import { addAnomalyRoutes } from './anomaly-routes.ts';
import { describeWatch } from './describe-watch.ts';
import { failure, success } from './envelope.ts';
import { addExplanationRoutes } from './explanation-routes.ts';
import { overviewPage, overviewPolicy } from './page.ts';
import { addPageRoutes } from './page-routes.ts';
import type { Served } from './served.ts';

/** The JSON API and the page, in Prometheus' form: {status, data} or {status, errorType, error}. */
export function createApi(served: Served): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((_, response, next) => {
    response.set({ 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer', 'Cache-Control': 'no-store' });
    next();
  });
  // Without the built page the overview takes its place; with it, it is for browsers without scripts.
  app.get(['/', '/overview'], (_, response) => {
    response.set('Content-Security-Policy', overviewPolicy);
    response.type('html').send(overviewPage(served));
  });
  app.get('/api/v1/watches', (_, response) =>
    success(
      response,
      served.watches.map(({ watch, health }) => describeWatch(watch, health)),
    ),
  );
  addExplanationRoutes(app, served);
  app.get('/api/v1/series/:watch', (request, response) => {
    const found = served.watches.find(({ watch }) => watch.settings.name === request.params.watch);
    if (!found) return failure(response, 404, 'not_found', `no watch ${JSON.stringify(request.params.watch)}`);
    return success(
      response,
      [...found.watch.series.values()].map((series) => describeSeries(found.watch, series)),
    );
  });
  addAnomalyRoutes(app, served);
  addPageRoutes(app, served);
  app.use((request, response) => failure(response, 404, 'not_found', `no ${request.method} ${request.path}`));
  // With four parameters express takes it for what answers errors; its own would show the stack.
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    served.failed?.(error);
    if (response.headersSent) next(error);
    else failure(response, 500, 'internal', 'the sidecar failed to answer; its log says why');
  });
  return app;
}

function describeSeries(watch: Watch, series: WatchedSeries): object {
  const { fitted } = series;
  return {
    labels: series.labels,
    state: watch.stateOf(series),
    samples: series.ring.finite,
    time: Number.isFinite(series.lastFinite) ? series.lastFinite * series.shape.step : null,
    score: series.score,
    direction: series.direction,
    skill: finite(series.skill),
    coverage: Object.fromEntries(series.record.coverageRatios().map((ratio, i) => [coverageLevels[i], finite(ratio)])),
    model: fitted?.model ?? null,
    lastFit: fitted?.time ?? null,
    fault: series.fault ?? null,
    backtestSkill: finite(fitted?.skill ?? NaN),
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
