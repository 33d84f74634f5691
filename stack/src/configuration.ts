import { isScalar, visit } from 'yaml';
import { printDocument, readDocument, replaceNames, type Replacements } from './yaml-document.ts';

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
  const document = readDocument(text, file);
  if (changes.remoteWrite !== undefined) {
    const section = readDocument(changes.remoteWrite, 'remote-write.yml').get('remote_write');
    document.set('remote_write', section);
  }
  for (const scrape of changes.scrapeConfigs ?? []) document.addIn(['scrape_configs'], document.createNode(scrape));
  return printDocument(replaceNames(document, replacements), file);
}

/** Renders a configuration that needs replacements alone. */
export function renderPlain(text: string, file: string, replacements: Replacements): string {
  return printDocument(replaceNames(readDocument(text, file), replacements), file);
}

/** Sets the value of a key wherever it stands, as for the waiting times of the demo. */
export function setEverywhere(text: string, file: string, wanted: string, newValue: string | boolean): string {
  const document = readDocument(text, file);
  visit(document, {
    Pair: (_index, { key, value }) => {
      if (isScalar(key) && key.value === wanted && isScalar(value)) value.value = newValue;
    },
  });
  return document.toString({ lineWidth: 0 });
}
