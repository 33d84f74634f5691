/** An object of a sample, its values not yet known. */
export type Fields = Readonly<Record<string, unknown>>;

/** A sample as an object. Throws Error with its source where it is something else, as from another version of the library. */
export function fieldsOf(source: string, sample: unknown): Fields {
  if (!isFields(sample)) throw new Error(`${source}: got ${shown(sample)}, want an object`);
  return sample;
}

/** A sample as a list of objects. Throws as `fieldsOf`. */
export function rowsOf(source: string, sample: unknown): readonly Fields[] {
  if (!Array.isArray(sample) || !sample.every(isFields)) throw new Error(`${source}: got ${shown(sample)}, want a list of objects`);
  return sample;
}

/** A sample as a text. Throws as `fieldsOf`. */
export function textOf(source: string, sample: unknown): string {
  if (typeof sample !== 'string') throw new Error(`${source}: got ${shown(sample)}, want a text`);
  return sample;
}

/** A number of 0 or more; undefined where the system did not tell it. */
export function countIn(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** A text, empty where the system did not tell it. */
export function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value.trim() : '';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const MOST_SHOWN = 60;

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, MOST_SHOWN);
}
