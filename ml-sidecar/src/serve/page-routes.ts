import type { Express } from 'express';
import { chartOf } from './chart.ts';
import { readChartQuestion } from './chart-question.ts';
import { addDryRun } from './dry-run.ts';
import { failure, success } from './envelope.ts';
import { createEvents } from './events.ts';
import { fleetOf } from './fleet.ts';
import type { Served } from './served.ts';

/** What the page asks for beside the watches: the fleet, charts, events. */
export function addPageRoutes(app: Express, served: Served): void {
  const events = createEvents(served);
  if (served.dryRun) addDryRun(app, served.dryRun);
  app.get('/api/v1/events', events.answer);
  app.get('/api/v1/fleet', (_, response) => success(response, fleetOf(served)));
  app.get('/api/v1/chart/:watch', (request, response) => {
    const found = served.watches.find(({ watch }) => watch.settings.name === request.params.watch);
    if (!found) return failure(response, 404, 'not_found', `no watch ${JSON.stringify(request.params.watch)}`);
    const question = readChartQuestion(request.query);
    if (typeof question === 'string') return failure(response, 400, 'bad_data', question);
    return success(response, chartOf(found.watch, question, served.now()));
  });
}
