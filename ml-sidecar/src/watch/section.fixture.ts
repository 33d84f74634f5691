import type { Section } from './section.ts';

/** Sections as they come back from a file. */
export function fromDisk(sections: Iterable<Section>): readonly Section[] {
  return Array.from(sections, ({ header, columns }) => ({
    header: JSON.parse(JSON.stringify(header)),
    columns: columns.map((column) => column.slice()),
  }));
}
