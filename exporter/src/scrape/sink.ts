import type { MetricType } from '@presage/service/exposition.ts';
import { Family } from './family.ts';

/** Takes what one collector gives, scrape after scrape: one writer at a time, and none that goes on after its scrape. */
export class Sink {
  readonly #families = new Map<string, Family>();
  /** Those of this scrape, in the order of their first calls. */
  #current: Family[] = [];
  #scrape = 0;

  /** Starts a scrape: what was written before is gone. A family that the last scrape did not ask for is forgotten. */
  begin(): void {
    if (this.#families.size > this.#current.length)
      for (const family of this.#families.values()) if (family.scrape !== this.#scrape) this.#families.delete(family.name);
    this.#current = [];
    this.#scrape += 1;
  }

  /** The family of this name, begun if it is new. Type and help are those of the first call. */
  family(name: string, help: string, type: MetricType): Family {
    let family = this.#families.get(name);
    if (family === undefined) {
      family = new Family(name, help, type, this.#scrape);
      this.#families.set(name, family);
    } else if (family.scrape === this.#scrape) return family;
    else family.begin(help, type, this.#scrape);
    this.#current.push(family);
    return family;
  }

  gauge(name: string, help: string): Family {
    return this.family(name, help, 'gauge');
  }

  counter(name: string, help: string): Family {
    return this.family(name, help, 'counter');
  }

  untyped(name: string, help: string): Family {
    return this.family(name, help, 'untyped');
  }

  /** What was written, in the order of the first calls; families without a sample too. */
  get families(): readonly Family[] {
    return this.#current;
  }
}
