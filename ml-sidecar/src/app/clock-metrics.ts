import { Counter, Gauge, type Registry } from 'prom-client';

/** What is told of clocks. */
export interface ClockMetrics {
  /** The own clock was set. */
  readonly clockStepped: () => void;
  /** Seconds that the source's clock is ahead of the own one. */
  readonly clockSkew: (seconds: number) => void;
}

/** Registers the metrics of clocks. */
export function createClockMetrics(registers: Registry[]): ClockMetrics {
  const steps = new Counter({ name: 'presage_clock_steps_total', help: 'Times that the clock of this host was set.', registers });
  const skew = new Gauge({
    name: 'presage_clock_skew_seconds',
    help: 'Time by which the clock of Prometheus is ahead of that of this host.',
    registers,
  });
  return { clockStepped: () => steps.inc(), clockSkew: (seconds) => skew.set(seconds) };
}
