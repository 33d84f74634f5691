import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Variables of the environment by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a secret may come from. */
export interface SecretPlace {
  /** As it is called in messages: the last part of its path, such as `slack-url`. */
  readonly name: string;
  /** The file that may hold it, absolute. */
  readonly file: string;
  /** The environment variable that may hold it. */
  readonly variable: string;
}

const prefix = 'PRESAGE_SECRET_';

/** `/etc/alertmanager/secrets/slack-url` may also be given as PRESAGE_SECRET_SLACK_URL. */
export function secretPlace(file: string): SecretPlace {
  const name = path.basename(file);
  return { name, file, variable: `${prefix}${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}` };
}

/** The environment without secrets, for programs that need none. */
export function withoutSecrets(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith(prefix)));
}

/**
 * The value of a secret, without the line break at the end of its file; undefined when it is given in neither place. An empty
 * variable counts as not given, because docker-compose sets those that are unset to nothing.
 * @throws Error when it is given in both places, cannot be read, is empty or has several lines. No message holds its value.
 */
export function readSecret(place: SecretPlace, environment: Environment): string | undefined {
  const fromFile = readSecretFile(place);
  const given = environment[place.variable];
  const fromVariable = given === '' ? undefined : given;
  if (fromFile !== undefined && fromVariable !== undefined)
    throw new Error(`secret ${place.name}: got both the file ${place.file} and the variable ${place.variable}, want one of them`);
  const value = (fromFile ?? fromVariable)?.replace(/\s+$/, '');
  if (value === undefined) return undefined;
  const origin = fromFile === undefined ? `the variable ${place.variable}` : `the file ${place.file}`;
  if (value === '') throw new Error(`secret ${place.name}: ${origin} is empty, want the secret and nothing else`);
  if (/[\r\n\0]/.test(value)) throw new Error(`secret ${place.name}: ${origin} has several lines, want the secret and nothing else`);
  return value;
}

function readSecretFile({ name, file }: SecretPlace): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    if (code === 'ENOENT') return undefined;
    throw new Error(`secret ${name}: the file ${file} cannot be read (${code}), want a file that this user may read`, { cause });
  }
}
