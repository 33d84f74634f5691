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

/** Characters of the shortest secret that is looked for: a shorter one would be found in texts that have nothing to do with it. */
const shortest = 6;

/** Hides each of these secrets wherever it stands in a text, also as basic authentication and addresses write it. */
export function hiderOf(secrets: readonly string[]): (text: string) => string {
  const forms = secrets
    .filter((secret) => secret.length >= shortest)
    .flatMap((secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]);
  return (text) => forms.reduce((hidden, form) => hidden.replaceAll(form, HIDDEN), text);
}
