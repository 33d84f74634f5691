/** Fields of one JSON object of a test form, by name. */
export interface JsonFields {
  /** A text; empty where the field is none. */
  text(name: string): string;
  /** A number; 0 where there is no such field. Throws where it is something else. */
  number(name: string): number;
}

/** Reads a JSON object. What is none has no fields. Throws SyntaxError. */
export function jsonFields(text: string): JsonFields {
  return fieldsOf(JSON.parse(text));
}

/** Reads a JSON list of objects. Throws where it is no list. */
export function jsonList(text: string): JsonFields[] {
  const list: unknown = JSON.parse(text);
  if (!Array.isArray(list)) throw new Error(`got ${JSON.stringify(text.slice(0, 40))}, want a JSON list`);
  return list.map(fieldsOf);
}

function fieldsOf(value: unknown): JsonFields {
  const fields = new Map<string, unknown>(Object.entries(Object(value)));
  return {
    text: (name) => {
      const found = fields.get(name);
      return typeof found === 'string' ? found : '';
    },
    number: (name) => {
      const found = fields.get(name) ?? 0;
      if (typeof found !== 'number') throw new Error(`got ${name} ${JSON.stringify(found)}, want a number`);
      return found;
    },
  };
}
