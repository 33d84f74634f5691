/** When a scrape must be answered. */
export interface Deadline {
  /** Seconds left, never below 0. */
  remaining(): number;
}

/** A deadline `seconds` from now on a steady clock (`now` in milliseconds). */
export function deadlineIn(seconds: number, now: () => number = () => performance.now()): Deadline {
  const end = now() + seconds * 1000;
  return { remaining: () => Math.max(0, (end - now()) / 1000) };
}

/** Seconds of the scrape timeout kept for writing and sending the answer, as blackbox_exporter does. */
const TIMEOUT_OFFSET = 0.5;

/**
 * Seconds that the collectors of a scrape may take: `--collector.timeout`, or less where Prometheus' header
 * X-Prometheus-Scrape-Timeout-Seconds leaves less. A header that is no number is passed over.
 */
export function scrapeSeconds(collectorTimeout: number, header: string | undefined): number {
  const asked = Number(header ?? '');
  if (!(asked > 0)) return collectorTimeout;
  return Math.min(collectorTimeout, asked > 2 * TIMEOUT_OFFSET ? asked - TIMEOUT_OFFSET : asked / 2);
}
