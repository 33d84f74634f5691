import type { Response } from 'express';

/** Answers with data in Prometheus' form. */
export function success(response: Response, data: unknown): void {
  response.json({ status: 'success', data });
}

/** Answers with an error in Prometheus' form; `error` names place, finding and wish. */
export function failure(response: Response, status: number, errorType: string, error: string): void {
  response.status(status).json({ status: 'error', errorType, error });
}
