import type { HostSignal } from '../detectors/auto.ts';

/** Numbers of one signal. */
const width = 3;
/** Names that are looked through one by one; more are looked up. */
const few = 32;

/** What the series of one host say of one grid time: names and numbers side by side, as there may be millions that wait. */
export class Signals {
  readonly #metrics: string[] = [];
  readonly #numbers: number[] = [];
  #places: Map<string, number> | undefined;

  /** Takes what a series says; of two the later. */
  set(metric: string, { deviation, surprise, calibrated }: HostSignal): void {
    const at = width * this.#placeOf(metric);
    this.#numbers[at] = deviation;
    this.#numbers[at + 1] = surprise;
    this.#numbers[at + 2] = calibrated;
  }

  #placeOf(metric: string): number {
    if (this.#metrics.length >= few) this.#places ??= new Map(this.#metrics.map((known, place) => [known, place]));
    const known = this.#places ? this.#places.get(metric) : this.#metrics.indexOf(metric);
    if (known !== undefined && known >= 0) return known;
    const place = this.#metrics.push(metric) - 1;
    this.#places?.set(metric, place);
    return place;
  }

  /** All of them, in the order in which they first came. */
  readings(): { readonly metric: string; readonly signal: HostSignal }[] {
    return this.#metrics.map((metric, i) => {
      const [deviation, surprise, calibrated] = this.#numbers.slice(width * i, width * (i + 1));
      return { metric, signal: { deviation, surprise, calibrated } };
    });
  }
}
