/**
 * What became of a question to Prometheus:
 * `refused`: it understood and said no (bad expression, missing rights); asking again is useless.
 * `unreachable`: no connection, or no answer in time.
 * `overloaded`: 429, 5xx, too many samples for one query, or an answer over the size limit.
 * `bad-answer`: it answered with something that is not its API.
 */
export type PrometheusErrorKind = 'refused' | 'unreachable' | 'overloaded' | 'bad-answer';

/** The one error of everything that asks Prometheus. Its text holds Prometheus' own words and never a credential. */
export class PrometheusError extends Error {
  override readonly name = 'PrometheusError';
  readonly kind: PrometheusErrorKind;
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined;

  constructor(kind: PrometheusErrorKind, message: string, status?: number) {
    super(message);
    this.kind = kind;
    this.status = status;
  }
}

/** More samples or bytes than one answer may hold: a shorter range would have fitted. */
export class TooMuchError extends PrometheusError {
  constructor(message: string, status?: number) {
    super('overloaded', message, status);
  }
}

/** 5xx or 429: the same question may be answered later. */
export class RetryableError extends PrometheusError {
  /** Seconds that the server asked to be left alone, else 0. */
  readonly retryAfterSeconds: number;

  constructor(message: string, status: number, retryAfterSeconds: number) {
    super('overloaded', message, status);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
