import { encodeBody } from '@presage/service/exposition.ts';
import type { Response } from 'express';

/** Answers with data in Prometheus' form, compressed where the client takes it: charts are long. */
export function success(response: Response, data: unknown): void {
  const { body, headers } = encodeBody(JSON.stringify({ status: 'success', data }), response.req.headers['accept-encoding']);
  response.set(headers).type('json').send(Buffer.from(body));
}

/** Answers with an error in Prometheus' form; `error` names place, finding and wish. */
export function failure(response: Response, status: number, errorType: string, error: string): void {
  response.status(status).json({ status: 'error', errorType, error });
}
