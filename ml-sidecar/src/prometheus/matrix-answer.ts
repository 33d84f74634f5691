import { atOnce } from '@presage/service/giving-way.ts';
import { type Answer, isRecord, type ReadSamples, splitName } from './answer.ts';
import { JsonBytes, JsonError } from './json-bytes.ts';
import type { MatrixSeries } from './matrix.ts';
import { PrometheusError } from './prometheus-error.ts';

/**
 * Reads the answer of a range query from its bytes: samples go straight into typed arrays, which takes a fraction of the time and
 * memory of parsing it as JSON. Throws a PrometheusError `bad-answer` where it is no answer with a matrix.
 */
export function parseMatrixAnswer(body: Uint8Array): Answer<ReadSamples<MatrixSeries>> {
  return atOnce(matrixAnswerInPieces(body));
}

/** The same, yielding after each series. */
export function* matrixAnswerInPieces(body: Uint8Array): Generator<void, Answer<ReadSamples<MatrixSeries>>> {
  try {
    return yield* new MatrixReader(body).read();
  } catch (error) {
    if (error instanceof JsonError) throw new PrometheusError('bad-answer', `answer: ${error.message}`);
    throw error;
  }
}

class MatrixReader {
  readonly #json: JsonBytes;
  readonly #series: MatrixSeries[] = [];
  #histograms = 0;
  #resultType: unknown;
  /** Samples of the series under way; as long as the longest so far. */
  #times = new Float64Array(1024);
  #values = new Float64Array(1024);
  #length = 0;
  /** Where samples are kept, many series in one: a buffer for each would keep the garbage collector busy. */
  #room = new Float64Array(0);
  #used = 0;

  constructor(body: Uint8Array) {
    this.#json = new JsonBytes(body);
  }

  *read(): Generator<void, Answer<ReadSamples<MatrixSeries>>> {
    const fields = new Map<string, unknown>();
    for (const name of this.#json.fields()) {
      if (name === 'data') yield* this.#data();
      else fields.set(name, this.#json.value());
    }
    const ok = fields.get('status') === 'success';
    if (ok && this.#resultType !== 'matrix')
      throw new PrometheusError('bad-answer', `resultType: got ${JSON.stringify(this.#resultType)}, want "matrix"`);
    return {
      ok,
      data: { series: this.#series, histograms: this.#histograms },
      errorType: textOf(fields.get('errorType')),
      error: textOf(fields.get('error')),
      warnings: [fields.get('warnings'), fields.get('infos')].flatMap((list) =>
        Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [],
      ),
    };
  }

  *#data(): Generator<void, void> {
    this.#json.space();
    if (this.#json.bytes[this.#json.at] !== 0x7b) {
      this.#json.pass();
      return;
    }
    for (const name of this.#json.fields()) {
      if (name === 'resultType') this.#resultType = this.#json.value();
      else if (name === 'result' && (this.#resultType === undefined || this.#resultType === 'matrix'))
        for (const _ of this.#json.items()) {
          this.#row();
          yield;
        }
      else this.#json.pass();
    }
  }

  #row(): void {
    let labels: NamedLabels | undefined;
    this.#length = 0;
    this.#json.object((name) => {
      if (name === 'metric') labels = this.#labels();
      else if (name === 'values') this.#json.array(() => this.#sample());
      else if (name === 'histograms') this.#json.array(() => this.#histogram());
      else this.#json.pass();
    });
    if (!labels) throw new PrometheusError('bad-answer', 'metric: got undefined, want labels');
    if (this.#length > 0) this.#series.push({ ...labels, times: this.#kept(this.#times), values: this.#kept(this.#values) });
  }

  /** Labels that were read before are recognised by their bytes: an answer has mostly the series of the one before. */
  #labels(): NamedLabels {
    const json = this.#json;
    json.space();
    const start = json.at;
    json.pass();
    const bytes = Buffer.from(json.bytes.buffer, json.bytes.byteOffset + start, json.at - start).toString('latin1');
    const known = knownLabels.get(bytes);
    if (known) return known;
    json.at = start;
    const metric = json.value();
    if (!isRecord(metric)) throw new PrometheusError('bad-answer', `metric: got ${JSON.stringify(metric)}, want labels`);
    const read = splitName(metric);
    if (knownLabels.size >= mostKnown) knownLabels.clear();
    knownLabels.set(bytes, read);
    return read;
  }

  #kept(scratch: Float64Array): Float64Array {
    if (this.#used + this.#length > this.#room.length) {
      this.#room = new Float64Array(Math.max(roomLength, this.#length));
      this.#used = 0;
    }
    const kept = this.#room.subarray(this.#used, this.#used + this.#length);
    kept.set(scratch.subarray(0, this.#length));
    this.#used += this.#length;
    return kept;
  }

  #histogram(): void {
    this.#histograms += 1;
    this.#json.pass();
  }

  /** `[1790000000.123,"1.5"]`: the time as a number, the value in quotes. */
  #sample(): void {
    const json = this.#json;
    if (this.#length === this.#times.length) this.#grow();
    this.#punctuation(0x5b);
    json.space();
    this.#times[this.#length] = this.#number();
    this.#punctuation(0x2c);
    this.#punctuation(0x22);
    this.#values[this.#length++] = this.#number();
    if (json.bytes[json.at++] !== 0x22) throw json.surprise('a number in quotes');
    this.#punctuation(0x5d);
  }

  #punctuation(byte: number): void {
    const json = this.#json;
    if (json.bytes[json.at] !== byte) json.space();
    if (json.bytes[json.at] !== byte) throw json.surprise(`"${String.fromCharCode(byte)}"`);
    json.at += 1;
  }

  /**
   * A decimal of at most 15 digits and 22 places is read here, as mantissa and power of ten are exact doubles then and one division
   * rounds rightly (Clinger, How to read floating point numbers accurately, PLDI 1990, section 3); all else by the language.
   */
  #number(): number {
    const { bytes } = this.#json;
    const start = this.#json.at;
    let at = start;
    const negative = bytes[at] === 0x2d;
    if (negative) at += 1;
    const first = at;
    let mantissa = 0;
    let point = -1;
    for (; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte >= 0x30 && byte <= 0x39) mantissa = mantissa * 10 + (byte - 0x30);
      else if (byte === 0x2e && point < 0) point = at;
      else break;
    }
    const digits = at - first - (point < 0 ? 0 : 1);
    if (digits === 0 || digits > 15 || !endsNumber(bytes[at])) return this.#slowNumber(start);
    this.#json.at = at;
    const value = point < 0 ? mantissa : mantissa / powers[at - point - 1];
    return negative ? -value : value;
  }

  #slowNumber(start: number): number {
    const { bytes } = this.#json;
    let at = start;
    while (at < bytes.length && !endsNumber(bytes[at])) at += 1;
    if (at - start > longestNumber) throw this.#json.surprise('a number');
    const text = String.fromCharCode(...bytes.subarray(start, at));
    const value = specials.get(text) ?? (text === '' ? NaN : Number(text));
    if (Number.isNaN(value) && text !== 'NaN') throw this.#json.surprise('a number');
    this.#json.at = at;
    return value;
  }

  #grow(): void {
    const times = new Float64Array(2 * this.#times.length);
    times.set(this.#times);
    const values = new Float64Array(2 * this.#values.length);
    values.set(this.#values);
    this.#times = times;
    this.#values = values;
  }
}

type NamedLabels = ReturnType<typeof splitName>;

/** Labels of the answers so far, by their bytes as latin1; forgotten all at once where there are too many. */
const knownLabels = new Map<string, NamedLabels>();
const mostKnown = 200_000;

/** Samples kept in one buffer. */
const roomLength = 65_536;

/** Some write every place of a small number: 5e-324 takes 326 characters that way, 1e-308 with all its digits some 330. */
const longestNumber = 1200;

const powers = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

const specials: ReadonlyMap<string, number> = new Map([
  ['NaN', NaN],
  ['+Inf', Infinity],
  ['Inf', Infinity],
  ['-Inf', -Infinity],
]);

/** Quote, comma, closing bracket or white space. */
function endsNumber(byte: number): boolean {
  return byte === 0x22 || byte === 0x2c || byte === 0x5d || byte === 0x20 || byte === 0x0a;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
