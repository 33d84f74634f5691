import { inspect } from 'node:util';

/** What stands for a secret wherever it is printed; the word that Prometheus uses. */
export const HIDDEN = '<secret>';

/** A value that never prints itself: string, JSON, template, console and logger all show `<secret>`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Call it where it is sent, nowhere else. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

/** The text with the password of every URL in it hidden: `http://u:p@host` → `http://u:<secret>@host`. */
export function hideUrlPasswords(text: string): string {
  return text.includes('://') ? text.replace(/(:\/\/[^\s/:@]*):[^\s/@]+@/g, `$1:${HIDDEN}@`) : text;
}
