/** Bytes that are not the JSON that they should be. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
}

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;

/** Walks over JSON without making strings or objects of what nobody wants. Every method throws a JsonError on a surprise. */
export class JsonBytes {
  readonly bytes: Uint8Array;
  /** The byte to be read next. */
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Calls `visit` with each name of an object, standing before its value, which `visit` must pass. */
  object(visit: (name: string) => void): void {
    for (const name of this.fields()) visit(name);
  }

  /** The names of an object one by one; whoever takes one stands before its value, which it must pass. */
  *fields(): Generator<string, void> {
    if (this.#opens(0x7b, 0x7d))
      do {
        const name = this.text();
        this.#take(0x3a);
        yield name;
      } while (this.#goesOn(0x7d));
  }

  /** Calls `visit` before each element of an array, which `visit` must pass. */
  array(visit: () => void): void {
    if (this.#opens(0x5b, 0x5d))
      do visit();
      while (this.#goesOn(0x5d));
  }

  /** The same, to be gone through at leisure. */
  *items(): Generator<void, void> {
    if (this.#opens(0x5b, 0x5d))
      do yield;
      while (this.#goesOn(0x5d));
  }

  /** A string. */
  text(): string {
    this.space();
    const start = this.at;
    this.#passString();
    // Names are short and plain; what is escaped is left to the language.
    const inner = this.bytes.subarray(start + 1, this.at - 1);
    if (!inner.includes(backslash)) return decoder.decode(inner);
    const value = this.#parse(start);
    return typeof value === 'string' ? value : '';
  }

  /** A value of any kind, parsed by the language. */
  value(): unknown {
    this.space();
    const start = this.at;
    this.pass();
    return this.#parse(start);
  }

  /** Passes over a value of any kind. */
  pass(): void {
    this.space();
    let depth = 0;
    do {
      const byte = this.bytes[this.at];
      if (byte === quote) this.#passString();
      else if (byte === 0x7b || byte === 0x5b) {
        depth += 1;
        this.at += 1;
      } else if (byte === 0x7d || byte === 0x5d) {
        depth -= 1;
        this.at += 1;
      } else if (depth > 0 && (byte === comma || byte === 0x3a || isSpace(byte))) this.at += 1;
      else this.#passWord();
    } while (depth > 0);
    if (depth < 0) throw this.surprise('a value');
  }

  /** Passes over white space. */
  space(): void {
    while (isSpace(this.bytes[this.at])) this.at += 1;
  }

  /** What to throw where something else was wanted. */
  surprise(wanted: string): JsonError {
    const found = this.at < this.bytes.length ? decoder.decode(this.bytes.subarray(this.at, this.at + 20)) : 'the end';
    return new JsonError(`byte ${this.at}: got ${JSON.stringify(found)}, want ${wanted}`);
  }

  /** Begins a list; whether something stands in it. */
  #opens(open: number, close: number): boolean {
    this.#take(open);
    this.space();
    if (this.bytes[this.at] !== close) return true;
    this.at += 1;
    return false;
  }

  /** Whether something more stands in a list behind what was passed. */
  #goesOn(close: number): boolean {
    this.space();
    const byte = this.bytes[this.at];
    if (byte !== comma && byte !== close) throw this.surprise(`"," or "${String.fromCharCode(close)}"`);
    this.at += 1;
    return byte === comma;
  }

  #take(byte: number): void {
    this.space();
    if (this.bytes[this.at] !== byte) throw this.surprise(`"${String.fromCharCode(byte)}"`);
    this.at += 1;
  }

  #passString(): void {
    if (this.bytes[this.at] !== quote) throw this.surprise('a string');
    const { bytes } = this;
    let at = this.at + 1;
    while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
    if (at >= bytes.length) throw this.surprise('a string that ends');
    this.at = at + 1;
  }

  /** A number, true, false or null, which `value` lets the language check. */
  #passWord(): void {
    const start = this.at;
    while (isWord(this.bytes[this.at])) this.at += 1;
    if (this.at === start) throw this.surprise('a value');
  }

  #parse(start: number): unknown {
    try {
      return JSON.parse(decoder.decode(this.bytes.subarray(start, this.at)));
    } catch (cause) {
      throw new JsonError(`byte ${start}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }
}

const decoder = new TextDecoder();

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Letters, digits, sign and point. */
function isWord(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x2d || byte === 0x2b || byte === 0x2e || byte === 0x45
  );
}
