import { Gauge, type Registry } from 'prom-client';

/** Shows a number without labels, which is read anew at every scrape. */
export function showNumber(registry: Registry, name: string, help: string, read: () => number): void {
  const gauge = new Gauge({
    name,
    help,
    registers: [],
    collect() {
      this.set(read());
    },
  });
  registry.registerMetric(gauge);
}
