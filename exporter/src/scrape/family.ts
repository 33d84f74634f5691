import { familyHeader, valueText, type MetricType } from '@presage/service/exposition.ts';

/**
 * One metric family being written, scrape after scrape. Lines are kept with the values that they show: as long as a scrape adds the
 * same series in the same order, which is nearly always, only the lines of changed values are made anew. The second sample with the
 * same labels is left out and counted; Prometheus would refuse or drop it.
 */
export class Family {
  readonly name: string;
  help: string;
  type: MetricType;
  /** Samples left out of this scrape. */
  duplicates = 0;
  /** The scrape that it was begun for, as its sink counts them. */
  scrape: number;
  readonly #series: string[] = [];
  readonly #values: number[] = [];
  readonly #lines: string[] = [];
  /** Samples of this scrape so far. */
  #count = 0;
  /** The series that stand already, from the first on that came otherwise than in the scrape before. */
  #seen: Set<string> | undefined;
  #header: string | undefined;
  #text: string | undefined;

  constructor(name: string, help: string, type: MetricType, scrape: number) {
    this.name = name;
    this.help = help;
    this.type = type;
    this.scrape = scrape;
  }

  /** Starts a scrape: no sample yet. */
  begin(help: string, type: MetricType, scrape: number): void {
    this.scrape = scrape;
    this.#count = 0;
    this.#seen = undefined;
    this.duplicates = 0;
    if (help === this.help && type === this.type) return;
    this.help = help;
    this.type = type;
    this.#header = undefined;
    this.#text = undefined;
  }

  /**
   * Adds a sample. `labels` is a text made by `labelText({…})`, the same order of names in every sample of the family; empty for
   * none. Make it once per device and use it in all of the device's families. `suffix` is `_bucket`, `_sum` or `_count`.
   */
  add(value: number, labels = '', suffix = ''): void {
    const series = suffix === '' ? labels : suffix + labels;
    const at = this.#count;
    if (this.#seen !== undefined || at >= this.#series.length || this.#series[at] !== series) {
      this.#append(series, value);
      return;
    }
    this.#count = at + 1;
    if (Object.is(this.#values[at], value)) return;
    this.#values[at] = value;
    this.#lines[at] = `${this.name}${series} ${valueText(value)}\n`;
    this.#text = undefined;
  }

  /** Whether the scrape gave it nothing, not even a sample to leave out. */
  get isEmpty(): boolean {
    return this.#count === 0 && this.duplicates === 0;
  }

  /** The lines of this scrape's samples. */
  get lines(): readonly string[] {
    this.#forgetOlder();
    return this.#lines;
  }

  /** Head and lines of this scrape. */
  get text(): string {
    this.#forgetOlder();
    this.#header ??= familyHeader(this.name, this.help, this.type);
    this.#text ??= this.#header + (this.#lines.length === 1 ? this.#lines[0] : this.#lines.join(''));
    return this.#text;
  }

  #append(series: string, value: number): void {
    if (this.#count === 0) this.#forgetOlder();
    else {
      if (this.#seen === undefined) {
        this.#forgetOlder();
        this.#seen = new Set(this.#series);
      }
      if (this.#seen.has(series)) {
        this.duplicates += 1;
        return;
      }
      this.#seen.add(series);
    }
    this.#series.push(series);
    this.#values.push(value);
    this.#lines.push(`${this.name}${series} ${valueText(value)}\n`);
    this.#count += 1;
    this.#text = undefined;
  }

  /** Drops what an earlier scrape gave beyond the samples of this one. */
  #forgetOlder(): void {
    if (this.#series.length === this.#count) return;
    this.#series.length = this.#count;
    this.#values.length = this.#count;
    this.#lines.length = this.#count;
    this.#text = undefined;
  }
}
