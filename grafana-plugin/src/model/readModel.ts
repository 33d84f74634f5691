import { anomaliesOf, type Anomaly } from './anomalies.ts';
import { bandName, bandsOf, levelsOverTime, type Band } from './bands.ts';
import { breachOfForecast, breachOfGauges, urgency, type Breach, type Limit, type TimeToLimit } from './breach.ts';
import { groupFields, type Group, type Member } from './group.ts';
import { clip, toTrack, type Track } from './track.ts';

/** One numeric field of a data frame with what the panel needs of it. Times in ms. */
export interface Source extends Member {
  readonly frame: number;
  readonly field: number;
  readonly unit: string;
  /** The colour that Grafana's field options give it as the n-th of all series. */
  readonly colorAs: (position: number) => string;
  readonly hidden: boolean;
  /** In CSS pixels, as the reader chose. */
  readonly lineWidth: number | undefined;
  readonly interval: number | undefined;
  readonly times: ArrayLike<number>;
  readonly values: ArrayLike<number | null | undefined>;
  readonly limits: readonly Limit[];
}

/** One source series as the panel shows it. `lead` is the field that names, colours and formats it. */
export interface SeriesView {
  readonly id: string;
  readonly title: string;
  readonly color: string;
  readonly lead: Source;
  readonly actual: Track;
  readonly median: Track;
  readonly bands: readonly Band[];
  readonly anomalies: readonly Anomaly[];
  readonly limits: readonly Limit[];
  readonly limitTracks: readonly Track[];
  readonly breaches: readonly Breach[];
}

/** All that the panel draws. `now` in ms; `notices` say what was mended or is missing, for the reader. */
export interface PanelModel {
  readonly now: number;
  readonly series: readonly SeriesView[];
  readonly notices: readonly string[];
}

/** What the reader chose: the shares of the bands to keep, and the score above which a sample is anomalous. */
export interface ModelOptions {
  readonly shares: readonly number[];
  readonly threshold: number;
}

interface Tally {
  infinite: number;
  outOfOrder: number;
  duplicate: number;
  crossings: number;
  alone: Set<number>;
}

const empty: Track = { times: new Float64Array(0), values: new Float64Array(0) };

/** Makes the panel's model of the fields, each with its role. Pure: the same fields and `now` (ms) give the same model. */
export function readModel(sources: readonly Source[], options: ModelOptions, now: number): PanelModel {
  const tally: Tally = { infinite: 0, outOfOrder: 0, duplicate: 0, crossings: 0, alone: new Set() };
  const { groups, undecided } = groupFields(sources);
  const series = groups.map((group, position) => readGroup(group, position, options, now, tally));
  return { now, series, notices: noticesOf(tally, undecided) };
}

/** The most urgent breach of a series, null when none is in sight. */
export function firstBreach(series: SeriesView): Breach | null {
  return series.breaches.length === 0 ? null : series.breaches.reduce((a, b) => (urgency(b) < urgency(a) ? b : a));
}

function readGroup(group: Group<Source>, position: number, options: ModelOptions, now: number, tally: Tally): SeriesView {
  const tracks = new Map<Source, Track>();
  for (const source of group.actual ? [group.actual, ...group.others] : group.others) {
    // Infinity is a finding for a time to limit, and a fault anywhere else.
    const { track, faults } = toTrack(source.times, source.values, source.role.kind === 'time-to-limit' ? undefined : source.interval);
    tracks.set(source, track);
    if (source.role.kind !== 'time-to-limit') tally.infinite += faults.infinite;
    tally.outOfOrder += faults.outOfOrder;
    tally.duplicate += faults.duplicate;
  }
  const trackOf = (source: Source | undefined | null): Track | undefined => (source ? tracks.get(source) : undefined);
  const of = (kind: Source['role']['kind']): Source | undefined => group.others.find((source) => source.role.kind === kind);
  const { median, bands, edgeBand } = readForecast(group, trackOf, options, now, tally);
  const score = trackOf(of('score'));
  const lonelyScore = group.actual === null && median.times.length === 0 && bands.length === 0 ? score : undefined;
  // The data source repeats the last sample for minutes after now; history ends at now.
  const actual = clip(trackOf(group.actual) ?? lonelyScore ?? empty, -Infinity, now);
  const direction = trackOf(of('direction'));
  const lead = group.actual ?? group.others.find((source) => source.role.kind === 'quantile') ?? group.others[0]!;
  const limitSources = group.others.filter((source) => source.role.kind === 'limit');
  const limits = [...lead.limits, ...limitSources.flatMap((source) => limitOf(source, tracks.get(source)!))];
  const breaches = readBreaches(group, limits, { actual, median, bands }, now);
  return {
    id: group.id,
    title: titleOf(group, lead),
    color: lead.colorAs(position),
    lead,
    actual,
    median,
    bands,
    anomalies: anomaliesOf(
      actual,
      { ...(score && { score: clip(score, -Infinity, now) }), ...(direction && { direction }), ...(edgeBand && { band: edgeBand }) },
      options.threshold,
    ),
    limits,
    limitTracks: limitSources.map((source) => tracks.get(source)!),
    breaches,
  };
}

function readForecast(
  group: Group<Source>,
  trackOf: (source: Source) => Track | undefined,
  options: ModelOptions,
  now: number,
  tally: Tally,
) {
  const forecast = new Map<number, Track>();
  const expected = new Map<number, Track>();
  const ahead = new Map<number, Map<number, Track>>();
  const edges: { lower?: Track; upper?: Track } = {};
  for (const source of group.others) {
    const track = trackOf(source) ?? empty;
    const role = source.role;
    if (role.kind === 'quantile') (role.source === 'forecast' ? forecast : expected).set(role.level, track);
    else if (role.kind === 'ahead') ahead.set(role.level, (ahead.get(role.level) ?? new Map<number, Track>()).set(role.horizon, track));
    else if (role.kind === 'edge') edges[role.side] = track;
  }
  const levels = levelsOverTime({ forecast, expected, ahead }, now);
  const { bands, alone, crossings } = bandsOf(levels, edges);
  tally.crossings += crossings;
  for (const level of alone) tally.alone.add(level);
  const kept = bands.filter(
    (band) => band.share === null || options.shares.some((share) => Math.abs(share - band.share!) < 5e-3) || !isStandard(band.share),
  );
  return { median: levels.get(0.5) ?? empty, bands: kept, edgeBand: bands.find((band) => band.share === null) };
}

/** Whether a share is one that the options switch; any other is always shown. */
function isStandard(share: number): boolean {
  return [0.5, 0.8, 0.95].some((standard) => Math.abs(standard - share) < 5e-3);
}

function readBreaches(
  group: Group<Source>,
  limits: readonly Limit[],
  lines: { actual: Track; median: Track; bands: readonly Band[] },
  now: number,
): Breach[] {
  const gauges: TimeToLimit[] = [];
  for (const source of group.others) {
    const last = source.role.kind === 'time-to-limit' ? lastGauge(source, now) : null;
    if (last !== null && source.role.kind === 'time-to-limit') gauges.push({ limit: source.role.limit, level: source.role.level, ...last });
  }
  const names = [...new Set(gauges.map((gauge) => gauge.limit))];
  const named = names.map((name) =>
    breachOfGauges(
      limits.find((limit) => limit.name === name) ?? { name: name === '' ? 'limit' : name, side: 'above', value: null, color: '' },
      gauges.filter((gauge) => gauge.limit === name),
    ),
  );
  const all = gauges.length > 0 ? named : limits.map((limit) => breachOfForecast(limit, lines.actual, lines.median, lines.bands, now));
  return all.filter((breach) => breach !== null);
}

/** The newest sample of a gauge up to now, Infinity counted as a value. */
function lastGauge(source: Source, now: number): { time: number; seconds: number } | null {
  let last: { time: number; seconds: number } | null = null;
  for (let index = 0; index < source.times.length; index++) {
    const [time, seconds] = [source.times[index]!, source.values[index] ?? NaN];
    if (time <= now && !Number.isNaN(seconds) && (last === null || time >= last.time)) last = { time, seconds };
  }
  return last;
}

function limitOf(source: Source, track: Track): Limit[] {
  const value = track.values.findLast((sample) => !Number.isNaN(sample));
  if (value === undefined || source.role.kind !== 'limit') return [];
  // A limit that a watch names has no colour of its own.
  const { name, side } = source.role;
  return [{ name: name ?? source.title, side, value, color: name === null ? source.colorAs(0) : '' }];
}

/** The history's own name; a forecast without history goes by its watch and the labels of its source. */
function titleOf(group: Group<Source>, lead: Source): string {
  if (group.actual !== null) return lead.title;
  const own = new Set(['__name__', 'quantile', 'horizon', 'limit', 'side', 'watch', 'ml_forecast']);
  const labels = Object.entries(lead.labels).filter(([name]) => !own.has(name));
  if (labels.length === 0) return group.watch === '' ? lead.title : group.watch;
  return `${group.watch}{${labels.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`;
}

function noticesOf(tally: Tally, undecided: number): string[] {
  const notices: string[] = [];
  const count = (samples: number, what: string): void => {
    if (samples > 0) notices.push(`${samples} ${samples === 1 ? 'sample' : 'samples'} ${what}`);
  };
  count(tally.infinite, 'infinite, shown as gaps');
  count(tally.outOfOrder, 'out of order, sorted');
  count(tally.duplicate, 'at a time seen before, the last kept');
  count(tally.crossings, 'where quantiles cross, the band drawn between the smaller and the larger');
  for (const level of tally.alone)
    notices.push(
      `quantile ${level} has no partner ${Number((1 - level).toFixed(4))}, so ${bandName({ share: Math.abs(1 - 2 * level) })} has no band`,
    );
  if (undecided > 0)
    notices.push(
      `${undecided} series fit several watches; put the watch's name into the legend or query one watch: presage_forecast{watch="…"}`,
    );
  return notices;
}
