import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';
import type { FitQueue } from '../fits/fit-queue.ts';
import { showNumber } from './show-number.ts';

/** Shows how many fits wait and are made. */
export function showFits(queue: Pick<FitQueue, 'waiting' | 'running'>, registry: Registry): void {
  showNumber(registry, 'presage_fits_waiting', 'Fits that wait for a thread.', () => queue.waiting);
  showNumber(registry, 'presage_fits_running', 'Fits handed to threads.', () => queue.running);
}

/** Milliseconds between two looks at the event loop. */
const LOOK = 10;
const quantiles = [0.5, 0.99, 1];

/** Shows how long the event loop was held up since the metrics were last asked for. */
export function showEventLoop(registry: Registry): void {
  const delays = monitorEventLoopDelay({ resolution: LOOK });
  delays.enable();
  const gauge = new Gauge({
    name: 'presage_event_loop_delay_seconds',
    help: 'How late the event loop came to what was due, by quantile, since the last scrape; 1 is the longest.',
    labelNames: ['quantile'],
    registers: [],
    collect() {
      for (const quantile of quantiles) {
        const found = quantile === 1 ? delays.max : delays.percentile(100 * quantile);
        // What is measured is the whole time between two looks.
        const late = delays.count === 0 ? 0 : Math.max(0, found / 1e6 - LOOK) / 1000;
        this.set({ quantile }, late);
      }
      delays.reset();
    },
  });
  registry.registerMetric(gauge);
}
