import type { Family } from './family.ts';
import type { Sink } from './sink.ts';

/** An exposition and the number of samples that were left out because their series stood there already. */
export interface Exposition {
  readonly text: string;
  readonly duplicates: number;
}

/** Puts the same sinks together at every scrape. */
export interface ExpositionWriter {
  /**
   * The text exposition of several sinks, families by name, each once: where two collectors write the same family, the samples of the
   * later one are appended, without those whose series is there.
   */
  write(sinks: readonly Sink[]): Exposition;
}

/** The families of one name, more than one where several collectors write it. */
type SameName = [Family, ...Family[]];

/** A writer that remembers the order of the families, which is the same at most scrapes. */
export function createExpositionWriter(): ExpositionWriter {
  let known: readonly Family[] = [];
  let sorted: readonly SameName[] = [];
  return {
    write(sinks) {
      const families: Family[] = [];
      for (const sink of sinks) for (const family of sink.families) if (!family.isEmpty) families.push(family);
      if (!isSame(families, known)) {
        sorted = byName(families);
        known = families;
      }
      return writeFamilies(sorted);
    },
  };
}

/** One exposition of these sinks. */
export function writeSinks(sinks: readonly Sink[]): Exposition {
  return createExpositionWriter().write(sinks);
}

function isSame(families: readonly Family[], known: readonly Family[]): boolean {
  if (families.length !== known.length) return false;
  for (let at = 0; at < families.length; at += 1) if (families[at] !== known[at]) return false;
  return true;
}

function byName(families: readonly Family[]): SameName[] {
  const groups = new Map<string, SameName>();
  for (const family of families) {
    const same = groups.get(family.name);
    if (same === undefined) groups.set(family.name, [family]);
    else same.push(family);
  }
  return [...groups.values()].sort(([a], [b]) => (a.name < b.name ? -1 : 1));
}

function writeFamilies(groups: readonly SameName[]): Exposition {
  const texts: string[] = [];
  let duplicates = 0;
  for (const same of groups) {
    texts.push(same[0].text);
    for (const family of same) duplicates += family.duplicates;
    if (same.length === 1) continue;
    const rest = appended(same);
    texts.push(rest.lines);
    duplicates += rest.duplicates;
  }
  return { text: texts.join(''), duplicates };
}

/** Lines of all but the first family, without the series that stand already, whatever the order of their labels. */
function appended([first, ...others]: SameName): { lines: string; duplicates: number } {
  const seen = new Set(first.lines.map(canonical));
  let lines = '';
  let duplicates = 0;
  for (const family of others) {
    for (const line of family.lines) {
      const series = canonical(line);
      if (seen.has(series)) duplicates += 1;
      else lines += line;
      seen.add(series);
    }
  }
  return { lines, duplicates };
}

/** A line's series with its labels sorted by name, and without those whose value is empty, which say nothing. */
function canonical(line: string): string {
  const series = line.slice(0, line.lastIndexOf(' '));
  const brace = series.indexOf('{');
  if (brace < 0) return series;
  const labels = [...series.slice(brace).matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
    .filter((label) => label[2] !== '')
    .map((label) => label[0]);
  return `${series.slice(0, brace)}{${labels.sort().join(',')}}`;
}
