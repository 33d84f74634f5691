import type { Limit } from '../configuration.ts';

/** Writes a selector `{…}` from the preset's own matchers and those that the user adds. */
export type SelectorWriter = (matchers?: string) => string;

/** A set of watches that many users want alike. */
export interface Preset {
  readonly name: string;
  readonly help: string;
  readonly watches: (selector: SelectorWriter) => readonly PresetWatch[];
}

export interface PresetWatch {
  readonly name: string;
  readonly expr: string;
  /** Name under which the recording rules of the preset record the expression. */
  readonly record: string;
  readonly bounds: readonly [number, number];
  readonly limits: readonly Limit[];
}

/** Gives the writer for a preset whose user added `matchers` (may be empty). */
export function selectorWriter(added: string): SelectorWriter {
  return (own = '') => {
    const matchers = [own, added].filter((part) => part !== '').join(',');
    return matchers === '' ? '' : `{${matchers}}`;
  };
}
