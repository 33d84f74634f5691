import { Counter, Gauge, type Registry } from 'prom-client';
import type { WriteCounts } from '../prometheus/remote-write.ts';
import { showNumber } from './show-number.ts';

/** What of the receiver of live samples is shown. */
export interface IntakeView {
  readonly counts: Readonly<WriteCounts>;
  readonly queuedSamples: () => number;
  readonly seriesCount: () => number;
}

/** Shows on every scrape what the receiver of live samples holds then. */
export function showIntake({ counts, queuedSamples, seriesCount }: IntakeView, registry: Registry): void {
  const received = new Counter({
    name: 'presage_received_samples_total',
    help: 'Live samples, by what became of them.',
    labelNames: ['result'],
    registers: [],
    collect() {
      this.reset();
      for (const [result, samples] of Object.entries(counts)) this.inc({ result }, samples);
    },
  });
  registry.registerMetric(received);
  showNumber(registry, 'presage_queued_samples', 'Live samples that wait to be scored.', queuedSamples);
  showNumber(registry, 'presage_received_series', 'Label sets that the receiver remembers, wanted or not.', seriesCount);
}

/** What is counted of the queues that bring live samples. */
export interface TransportMetrics {
  readonly transportUp: (transport: string, up: boolean) => void;
  readonly transportFailed: (transport: string) => void;
  /** It is not read any more, as the configuration wants it. */
  readonly transportGone: (transport: string) => void;
}

/** Registers the metrics of the queues that bring live samples. */
export function createTransportMetrics(registers: Registry[]): TransportMetrics {
  const up = new Gauge({
    name: 'presage_transport_up',
    help: '1 where the queue of live samples can be read.',
    labelNames: ['transport'],
    registers,
  });
  const errors = new Counter({
    name: 'presage_transport_errors_total',
    help: 'Faults in reading the queue of live samples.',
    labelNames: ['transport'],
    registers,
  });
  return {
    transportUp: (transport, isUp) => up.set({ transport }, isUp ? 1 : 0),
    transportFailed: (transport) => errors.inc({ transport }),
    transportGone: (transport) => up.remove({ transport }),
  };
}
