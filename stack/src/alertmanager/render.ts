import { existsSync } from 'node:fs';
import path from 'node:path';
import { isMap, isScalar, isSeq, Scalar, visit, type Document, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { printDocument, readDocument, replaceNames, type Replacements } from '../yaml-document.ts';
import { readSecret, secretPlace, type Environment, type SecretPlace } from './secrets.ts';

export interface AlertmanagerOptions {
  readonly replacements: Replacements;
  readonly environment: Environment;
  /** What becomes of an integration (one entry of `slack_configs` and the like) whose secret is not given. */
  readonly missing: 'refuse' | 'leave out';
  /** A webhook that each receiver gets in addition. */
  readonly webhook?: string;
  /** Whether `mute_time_intervals` stay; yes unless told. */
  readonly quietHours?: boolean;
}

/** An integration of a receiver, and a secret that it lacks; one that lacks two is there twice. */
export interface LeftOut {
  readonly receiver: string;
  readonly integration: string;
  readonly secret: SecretPlace;
}

export interface RenderedAlertmanager {
  /** Holds secrets: it belongs into a file of mode 0600 and nowhere else. */
  readonly text: string;
  readonly leftOut: readonly LeftOut[];
  /** Integrations that have what they need: `page/slack`. */
  readonly kept: readonly string[];
}

/** These stay files: TLS reads them by itself, and again when they change. */
const tlsFiles: readonly string[] = ['ca_file', 'cert_file', 'key_file'];

/**
 * Renders alertmanager.yml: puts the secret itself where a key such as `api_url_file` names its file, as Alertmanager expands no
 * variables, and its older versions read fewer such files, some of them relative to the working directory.
 * @throws Error with `file` and the place when it is not YAML or has no receivers; that names every missing secret with both ways
 * to give it, unless integrations without are left out; and when a secret is malformed. No message holds a secret.
 */
export function renderAlertmanager(text: string, file: string, options: AlertmanagerOptions): RenderedAlertmanager {
  const document = replaceNames(readDocument(text, file), options.replacements);
  const receivers = document.get('receivers');
  if (!isSeq(receivers)) throw new Error(`${file}: receivers: got none, want a list`);
  const global = document.get('global');
  const missing = isMap(global) ? insertSecrets(global, file, options.environment) : [];
  refuse(
    file,
    missing.map((secret) => ({ receiver: 'global', integration: 'all', secret })),
  );
  const leftOut: LeftOut[] = [];
  const kept: string[] = [];
  for (const receiver of receivers.items) {
    if (!isMap(receiver)) throw new Error(`${file}: receivers: got an entry that is no mapping`);
    const name = String(receiver.get('name'));
    for (const [key, entries] of integrations(receiver)) {
      const integration = key.replace(/_configs$/, '');
      entries.items = entries.items.filter((entry) => {
        const lacks = isMap(entry) ? insertSecrets(entry, file, options.environment) : [];
        if (lacks.length === 0) kept.push(`${name}/${integration}`);
        leftOut.push(...lacks.map((secret) => ({ receiver: name, integration, secret })));
        return lacks.length === 0;
      });
      if (entries.items.length === 0) receiver.delete(key);
    }
    if (options.webhook !== undefined) addWebhook(document, receiver, options.webhook);
  }
  if (options.missing === 'refuse') refuse(file, leftOut);
  if (options.quietHours === false) removeEverywhere(document, 'mute_time_intervals');
  return { text: printDocument(document, file), leftOut, kept };
}

/** Puts secrets in place of their files at any depth, and gives those that are missing. */
function insertSecrets(entry: YAMLMap, file: string, environment: Environment): readonly SecretPlace[] {
  const missing: SecretPlace[] = [];
  visit(entry, {
    Pair: (_index, pair) => {
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      if (!key.endsWith('_file') || !isScalar(pair.value)) return;
      const named = String(pair.value.value);
      if (!path.isAbsolute(named)) throw new Error(`${file}: ${key}: got ${JSON.stringify(named)}, want an absolute path`);
      const place = secretPlace(named);
      if (tlsFiles.includes(key)) {
        if (!existsSync(named)) missing.push(place);
        return;
      }
      const value = readSecret(place, environment);
      if (value === undefined) missing.push(place);
      else insert(pair, key.replace(/_file$/, ''), value, place);
    },
  });
  return missing;
}

/** Quoted, because Alertmanager's YAML takes a plain `yes` for more than text. */
function insert(pair: Pair, key: string, value: string, { name }: SecretPlace): void {
  if (key.endsWith('url') && !isHttpUrl(value))
    throw new Error(`secret ${name}: got no URL, want one that begins with http:// or https://`);
  const scalar = new Scalar<string | number>(value);
  // Telegram's chat is the one secret that is a number.
  if (key === 'chat_id') scalar.value = Number(value);
  else scalar.type = Scalar.QUOTE_DOUBLE;
  pair.key = new Scalar(key);
  pair.value = scalar;
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol);
}

/** Each secret once, with everybody who needs it. */
function refuse(file: string, missing: readonly LeftOut[]): void {
  if (missing.length === 0) return;
  const places = new Map(missing.map(({ secret }) => [secret.file, secret]));
  const lines = [...places.values()].map((secret) => {
    const users = missing.filter((one) => one.secret.file === secret.file).map((one) => `${one.receiver}/${one.integration}`);
    return `  ${secret.name} (for ${users.join(', ')}): want the file ${secret.file} or the environment variable ${secret.variable}`;
  });
  throw new Error(`${file}: ${lines.length === 1 ? 'a secret is' : `${lines.length} secrets are`} missing\n${lines.join('\n')}`);
}

function integrations(receiver: YAMLMap): readonly (readonly [key: string, entries: YAMLSeq])[] {
  return receiver.items.flatMap(({ key, value }) => {
    const name = isScalar(key) ? String(key.value) : '';
    return name.endsWith('_configs') && isSeq(value) ? [[name, value] as const] : [];
  });
}

function addWebhook(document: Document, receiver: YAMLMap, url: string): void {
  const webhooks = receiver.get('webhook_configs');
  if (isSeq(webhooks)) webhooks.add(document.createNode({ url }));
  else receiver.set('webhook_configs', document.createNode([{ url }]));
}

function removeEverywhere(document: Document, wanted: string): void {
  visit(document, { Pair: (_index, { key }) => (isScalar(key) && key.value === wanted ? visit.REMOVE : undefined) });
}
