import type { WatchSettings } from '../configuration/configuration.ts';
import { MatcherError } from '../prometheus/matcher.ts';
import { parseSelector } from '../prometheus/selector.ts';
import type { LiveSource } from './missed.ts';

/** Where live samples of a watch come from, or why it has none. */
export function liveSourceOf(settings: WatchSettings): LiveSource | { readonly why: string } {
  const { live, recordedAs, expr } = settings;
  if (!live) return { why: 'its configuration says live: false' };
  try {
    const selector = parseSelector(recordedAs ?? expr);
    if (selector) return { selector, recorded: recordedAs !== undefined };
  } catch (error) {
    if (error instanceof MatcherError) return { why: error.message };
    throw error;
  }
  return {
    why: 'its expression is more than a selector: let a rule record it and name the record in recorded_as, or say recorded: true at a preset',
  };
}
