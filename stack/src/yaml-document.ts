import { parseDocument, visit, type Document } from 'yaml';

/**
 * What stands in provisioning/ and alertmanager/ for a host or a folder, and what it is on this machine: `exporter:9100` →
 * `127.0.0.1:9100`, `/etc/prometheus/` → `/home/me/presage/provisioning/prometheus/`.
 */
export type Replacements = Readonly<Record<string, string>>;

/**
 * Reads a configuration with its comments.
 * @throws Error with `file` and the place when it is not YAML.
 */
export function readDocument(text: string, file: string): Document {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new Error(`${file}: ${error.message}`);
  return document;
}

/** Replaces in every text value; keys and comments stay. Longer names first, so that none is cut by a shorter one. */
export function replaceNames(document: Document, replacements: Replacements): Document {
  const names = Object.keys(replacements).sort((a, b) => b.length - a.length);
  visit(document, {
    Scalar: (key, node) => {
      if (key === 'key' || typeof node.value !== 'string') return;
      node.value = names.reduce((text, name) => text.replaceAll(name, replacements[name] ?? name), node.value);
    },
  });
  return document;
}

/** The text of a rendered configuration, with a line at its top that names the file it comes from. */
export function printDocument(document: Document, file: string): string {
  document.commentBefore = ` Rendered from ${file} at every start; change that file instead.\n${document.commentBefore ?? ''}`;
  return document.toString({ lineWidth: 0 });
}
