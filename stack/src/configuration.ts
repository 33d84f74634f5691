import { existsSync } from 'node:fs';
import path from 'node:path';
import { isMap, isScalar, isSeq, parseDocument, visit, type Document, type YAMLMap, type YAMLSeq } from 'yaml';

/**
 * What stands in provisioning/ and alertmanager/ for a host or a folder, and what it is on this machine: `exporter:9100` →
 * `127.0.0.1:9100`, `/etc/prometheus/` → `/home/me/presage/provisioning/prometheus/`.
 */
export type Replacements = Readonly<Record<string, string>>;

/** Changes to a configuration besides its replacements. */
export interface PrometheusChanges {
  /** The text of remote-write.yml, once the sidecar serves it. */
  readonly remoteWrite?: string;
  /** More scrape configurations, as plain values. */
  readonly scrapeConfigs?: readonly unknown[];
}

/**
 * Renders prometheus.yml for this machine.
 * @throws Error with `file` and the place when it is not YAML.
 */
export function renderPrometheus(text: string, file: string, replacements: Replacements, changes: PrometheusChanges = {}): string {
  const document = parse(text, file);
  if (changes.remoteWrite !== undefined) {
    const section = parse(changes.remoteWrite, 'remote-write.yml').get('remote_write');
    document.set('remote_write', section);
  }
  for (const scrape of changes.scrapeConfigs ?? []) document.addIn(['scrape_configs'], document.createNode(scrape));
  return print(replace(document, replacements), file);
}

/** Renders a configuration that needs replacements alone. */
export function renderPlain(text: string, file: string, replacements: Replacements): string {
  return print(replace(parse(text, file), replacements), file);
}

export interface RenderedAlertmanager {
  readonly text: string;
  /** Integrations left out, and the secret file that each would need. */
  readonly leftOut: readonly { readonly receiver: string; readonly integration: string; readonly secret: string }[];
  /** Integrations that have what they need: `page/slack`. */
  readonly kept: readonly string[];
}

/**
 * Renders alertmanager.yml for this machine. An integration (one entry of `slack_configs` and the like) whose secret file does not
 * exist is left out, because Alertmanager would fail at every notification; each receiver gets the webhook `webhook` in addition.
 * @throws Error with `file` and the place when it is not YAML or has no receivers.
 */
export function renderAlertmanager(text: string, file: string, replacements: Replacements, webhook: string): RenderedAlertmanager {
  const document = replace(parse(text, file), replacements);
  const receivers = document.get('receivers');
  if (!isSeq(receivers)) throw new Error(`${file}: receivers: got none, want a list`);
  const leftOut: { receiver: string; integration: string; secret: string }[] = [];
  const kept: string[] = [];
  for (const receiver of receivers.items) {
    if (!isMap(receiver)) throw new Error(`${file}: receivers: got an entry that is no mapping`);
    const name = String(receiver.get('name'));
    for (const [key, entries] of integrations(receiver)) {
      const integration = key.replace(/_configs$/, '');
      const missing = entries.items.map((entry) => missingSecret(entry));
      for (const secret of missing) {
        if (secret === undefined) kept.push(`${name}/${integration}`);
        else leftOut.push({ receiver: name, integration, secret });
      }
      entries.items = entries.items.filter((_entry, i) => missing[i] === undefined);
      if (entries.items.length === 0) receiver.delete(key);
    }
    if (!isSeq(receiver.get('webhook_configs'))) receiver.set('webhook_configs', document.createNode([]));
    document.addIn(['receivers', receivers.items.indexOf(receiver), 'webhook_configs'], document.createNode({ url: webhook }));
  }
  return { text: print(document, file), leftOut, kept };
}

/** Sets the value of a key wherever it stands, as for the waiting times of the demo. */
export function setEverywhere(text: string, file: string, wanted: string, newValue: string | boolean): string {
  const document = parse(text, file);
  visit(document, {
    Pair: (_index, { key, value }) => {
      if (isScalar(key) && key.value === wanted && isScalar(value)) value.value = newValue;
    },
  });
  return document.toString({ lineWidth: 0 });
}

function parse(text: string, file: string): Document {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new Error(`${file}: ${error.message}`);
  return document;
}

/** Replaces in every text value; keys and comments stay. Longer names first, so that none is cut by a shorter one. */
function replace(document: Document, replacements: Replacements): Document {
  const names = Object.keys(replacements).sort((a, b) => b.length - a.length);
  visit(document, {
    Scalar: (key, node) => {
      if (key === 'key' || typeof node.value !== 'string') return;
      node.value = names.reduce((text, name) => text.replaceAll(name, replacements[name] ?? name), node.value);
    },
  });
  return document;
}

function print(document: Document, file: string): string {
  document.commentBefore = ` Rendered from ${file} at every start; change that file instead.\n${document.commentBefore ?? ''}`;
  return document.toString({ lineWidth: 0 });
}

function integrations(receiver: YAMLMap): readonly (readonly [key: string, entries: YAMLSeq])[] {
  return receiver.items.flatMap(({ key, value }) => {
    const name = isScalar(key) ? String(key.value) : '';
    return name.endsWith('_configs') && isSeq(value) ? [[name, value] as const] : [];
  });
}

/** The first file under a key ending in `_file` that does not exist, at any depth of an integration. */
function missingSecret(entry: unknown): string | undefined {
  if (!isMap(entry)) return undefined;
  for (const { key, value } of entry.items) {
    if (isMap(value)) {
      const inside = missingSecret(value);
      if (inside !== undefined) return inside;
    } else if (isScalar(key) && String(key.value).endsWith('_file') && isScalar(value)) {
      const file = String(value.value);
      if (path.isAbsolute(file) && !existsSync(file)) return file;
    }
  }
  return undefined;
}
