/** One stretch of time in which series were anomalous. */
export interface Episode {
  /** Unix seconds. */
  readonly start: number;
  readonly end: number;
  /** Peak of the score by series, with the sign of the deviation: +3.2 is high, −3.2 low. */
  readonly peaks: ReadonlyMap<string, number>;
}

/** An earlier episode and how much it is like the present one. */
export interface SimilarEpisode {
  readonly episode: Episode;
  /** 0 to 1; 1 is the same series to the same sides in the same proportions for the same time. */
  readonly likeness: number;
}

/** Less likeness than this is none. */
const LEAST = 0.6;
/** Share of the likeness that the duration has a say in. */
const DURATION_SHARE = 0.2;

/**
 * The earlier episodes that are most like `present`, best first, at most `most`. Likeness is the cosine of the signed peaks, as
 * logarithms so that one wild series does not stand for all, less up to a fifth where one lasted much longer.
 */
export function similarEpisodes(present: Episode, earlier: readonly Episode[], most: number): readonly SimilarEpisode[] {
  return earlier
    .filter((episode) => episode.end < present.start)
    .map((episode) => ({ episode, likeness: likenessOf(present, episode) }))
    .filter(({ likeness }) => likeness >= LEAST)
    .sort((a, b) => b.likeness - a.likeness || b.episode.start - a.episode.start)
    .slice(0, most);
}

function likenessOf(a: Episode, b: Episode): number {
  let [product, squareA, squareB] = [0, 0, 0];
  for (const [series, peak] of a.peaks) {
    squareA += weight(peak) ** 2;
    product += weight(peak) * weight(b.peaks.get(series) ?? 0);
  }
  for (const peak of b.peaks.values()) squareB += weight(peak) ** 2;
  if (squareA === 0 || squareB === 0) return 0;
  const durations = [a.end - a.start + 60, b.end - b.start + 60];
  const proportion = Math.min(...durations) / Math.max(...durations);
  const cosine = Math.max(0, product / Math.sqrt(squareA * squareB));
  return cosine * (1 - DURATION_SHARE * (1 - proportion));
}

function weight(peak: number): number {
  return Math.sign(peak) * Math.log1p(Math.abs(peak));
}
