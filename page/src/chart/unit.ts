/** Writes values of one kind. */
export interface Unit {
  readonly name: string;
  /** As short as a reader needs: three digits that count, with the unit. */
  readonly text: (value: number) => string;
  /** For an axis whose ticks lie `step` apart. */
  readonly tick: (value: number, step: number) => string;
}

/**
 * What kind of value a watch has, told from its bounds and its expression: a share of 0 to 1, bytes, seconds, each perhaps per
 * second, or a plain number.
 */
export function unitOf({ expr, bounds }: { readonly expr: string; readonly bounds: readonly (number | null)[] }): Unit {
  if (bounds[0] === 0 && bounds[1] === 1) return percent;
  // A quotient of two equal units has none.
  const plain = expr.replace(/"(?:[^"\\]|\\.)*"|\{[^}]*\}/g, '');
  const isQuotient = plain.includes('/');
  const isRate = /\b(?:rate|irate|deriv)\s*\(/.test(plain);
  if (!isQuotient && /_bytes(?:_total)?\b/.test(plain)) return isRate ? bytesPerSecond : bytes;
  if (/_seconds\b/.test(plain) && !/_seconds_(?:total|count|sum|bucket)\b/.test(plain) && !isRate && !isQuotient) return seconds;
  if (/_seconds_(?:sum|total)\b/.test(plain) && isQuotient && isRate) return seconds;
  return number;
}

const percent: Unit = {
  name: 'percent',
  text: (value) => `${digits(value * 100, 3)} %`,
  tick: (value, step) => `${(value * 100).toFixed(decimalsOf(step * 100))} %`,
};

const bytes: Unit = scaled('bytes', 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']);
const bytesPerSecond: Unit = scaled('bytes per second', 1000, ['B/s', 'kB/s', 'MB/s', 'GB/s', 'TB/s']);
const number: Unit = scaled('number', 1000, ['', 'k', 'M', 'G', 'T']);

const seconds: Unit = {
  name: 'seconds',
  text: (value) => secondsText(value, (scaled) => digits(scaled, 3)),
  tick: (value, step) => secondsText(value, (part, factor) => part.toFixed(decimalsOf(step * factor))),
};

function secondsText(value: number, write: (scaled: number, factor: number) => string): string {
  const size = Math.abs(value);
  if (size >= 172_800) return `${write(value / 86_400, 1 / 86_400)} d`;
  if (size >= 7200) return `${write(value / 3600, 1 / 3600)} h`;
  if (size >= 120) return `${write(value / 60, 1 / 60)} min`;
  if (size >= 1 || size === 0) return `${write(value, 1)} s`;
  return size >= 1e-3 ? `${write(value * 1e3, 1e3)} ms` : `${write(value * 1e6, 1e6)} µs`;
}

function scaled(name: string, base: number, names: readonly string[]): Unit {
  const power = (value: number): number =>
    value === 0 ? 0 : Math.max(0, Math.min(names.length - 1, Math.floor(Math.log(Math.abs(value) * (1 + 1e-9)) / Math.log(base))));
  const joined = (text: string, suffix: string): string => (suffix === '' ? text : `${text} ${suffix}`);
  return {
    name,
    text(value) {
      const at = power(value);
      if (Math.abs(value) >= base ** (names.length + 1)) return joined(value.toExponential(2), names[0] ?? '');
      return joined(digits(value / base ** at, 3), names[at] ?? '');
    },
    tick(value, step) {
      const at = power(Math.max(Math.abs(value), step));
      return joined((value / base ** at).toFixed(decimalsOf(step / base ** at)), names[at] ?? '');
    },
  };
}

/** `most` digits that count, no zeros at the end, no exponent within reason. */
function digits(value: number, most: number): string {
  if (!Number.isFinite(value)) return 'no value';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return value.toExponential(2);
  return String(Number(size >= 10 ** most ? value.toFixed(0) : value.toPrecision(most)));
}

/** Decimals that tell ticks `step` apart from each other. */
function decimalsOf(step: number): number {
  return step > 0 ? Math.max(0, Math.min(9, Math.ceil(-Math.log10(step) - 1e-9))) : 0;
}
