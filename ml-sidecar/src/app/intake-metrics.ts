import { Counter, Gauge, type Registry } from 'prom-client';
import type { WriteCounts } from '../prometheus/remote-write.ts';

/** What of the receiver of live samples is shown. */
export interface IntakeView {
  readonly counts: Readonly<WriteCounts>;
  readonly queuedSamples: () => number;
  readonly seriesCount: () => number;
}

/** Shows on every scrape what the receiver of live samples holds then. */
export function showIntake({ counts, queuedSamples, seriesCount }: IntakeView, registry: Registry): void {
  const registers: Registry[] = [];
  const received = new Counter({
    name: 'presage_received_samples_total',
    help: 'Live samples, by what became of them.',
    labelNames: ['result'],
    registers,
    collect() {
      this.reset();
      for (const [result, samples] of Object.entries(counts)) this.inc({ result }, samples);
    },
  });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  registry.registerMetric(received);
  registry.registerMetric(gauge('presage_queued_samples', 'Live samples that wait to be scored.', queuedSamples));
  registry.registerMetric(gauge('presage_received_series', 'Label sets that the receiver remembers, wanted or not.', seriesCount));
}
