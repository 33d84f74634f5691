import type { Express, Request, Response } from 'express';
import type { DryRunAnswer } from './answers.ts';
import { bodyOf, BodyTooLargeError } from './body.ts';
import { failure, success } from './envelope.ts';

/** Runs an entry of `watches`, as JSON, without keeping anything. Rejects with a DryRunError for what a reader can mend. */
export type DryRun = (entry: unknown) => Promise<DryRunAnswer>;

/** Why a dry run was not made, with the HTTP status that says so. */
export class DryRunError extends Error {
  override readonly name = 'DryRunError';
  readonly status: number;
  readonly errorType: string;

  constructor(status: number, errorType: string, message: string) {
    super(message);
    this.status = status;
    this.errorType = errorType;
  }
}

/** Largest entry; an expression is some hundred bytes. */
const mostBytes = 64 * 1024;

/** `POST /api/v1/dry-run` with a watch as JSON. */
export function addDryRun(app: Express, dryRun: DryRun): void {
  app.post('/api/v1/dry-run', async (request, response) => {
    const refusal = refusalOf(request);
    if (refusal) return failure(response, refusal.status, refusal.errorType, refusal.message);
    try {
      success(response, await dryRun(await entryOf(request)));
    } catch (error) {
      answerError(response, error);
    }
  });
}

/** A form of another site can send neither this type nor a request that the browser calls the page's own. */
function refusalOf(request: Request): DryRunError | undefined {
  const type = request.headers['content-type'] ?? 'nothing';
  if (!/^application\/json\b/i.test(type)) return new DryRunError(415, 'bad_data', `Content-Type: got ${type}, want application/json`);
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return new DryRunError(403, 'forbidden', 'got a request from the page of another site, want one from this page');
  return undefined;
}

async function entryOf(request: Request): Promise<unknown> {
  const text = (await bodyOf(request, mostBytes)).toString('utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DryRunError(400, 'bad_data', `body: got no JSON (${error instanceof Error ? error.message : String(error)}), want a watch`);
  }
}

function answerError(response: Response, error: unknown): void {
  if (error instanceof DryRunError) return failure(response, error.status, error.errorType, error.message);
  if (error instanceof BodyTooLargeError) {
    response.set('Connection', 'close');
    return failure(response, 413, 'bad_data', error.message);
  }
  throw error;
}
