import { type GzipPart, PartCompressor } from '@presage/service/joined-gzip.ts';
import { gently, givingWay, type GiveWay } from '@presage/service/giving-way.ts';
import type { GaugeSettings } from '../configuration/configuration.ts';
import { outlookIndex } from '../watch/outlook.ts';
import type { Watch } from '../watch/watch.ts';
import { seriesStates, type WatchedSeries } from '../watch/watched-series.ts';
import { gaugeHeader, gaugeNames, hostScores, inSlices, linesOf, pagesOf, type Page, type SeriesGauge } from './metrics.ts';
import type { Served } from './served.ts';

/** Series whose lines of one gauge are compressed together. */
const sliceLength = 256;
/** Parts that are compressed while the next are written. */
const ahead = 4;
/** Seconds of a scrape after which nothing is written anew; what is left then is shown as of the scrape before, and written anew after this one. */
const workSeconds = 1;

/** What was written and compressed. */
interface Written {
  readonly isEmpty: boolean;
  readonly part: Promise<GzipPart>;
}

/** Lines of one gauge of a slice. */
interface KeptPart extends Written {
  /** That of the slice when they were written; another one, however equal, is of another look. */
  readonly signature: Float64Array;
  /** Of gauges that tell of the future: the times that they tell of. */
  readonly moment: string;
}

/** What was written of some series in a row. Of the series themselves it holds nothing, so that those which go are gone. */
interface KeptSlice {
  /** Which series they are, and all that their gauges hang on, but for the time. */
  readonly signature: Float64Array;
  readonly parts: Map<SeriesGauge, KeptPart>;
}

/** The same while a page is written. */
interface Slice extends KeptSlice {
  readonly series: readonly WatchedSeries[];
}

/** What is kept of a watch for as long as the gauges are the same. */
interface KeptWatch {
  readonly gauges: GaugeSettings;
  readonly slices: readonly KeptSlice[];
}

/**
 * The gauges of very many series in compressed parts, of which those are kept that are as they were at the scrape before: memory for a
 * fifteenth of the page. `clock` in monotonic seconds.
 */
export class KeptPage {
  readonly #served: Served;
  readonly #clock: () => number;
  readonly #watches = new WeakMap<Watch, KeptWatch>();
  readonly #compressor = new PartCompressor();
  #renewing = false;

  constructor(served: Served, clock: () => number) {
    this.#served = served;
    this.#clock = clock;
  }

  /** The page of now, and what `last` says behind it. Rejects where there is no memory to compress. */
  async *parts(giveWay: GiveWay, last: () => Promise<string> | string = () => ''): AsyncGenerator<GzipPart> {
    const waiting: Promise<GzipPart>[] = [];
    const written = this.#written(giveWay, this.#clock() + workSeconds);
    for (;;) {
      const next = await written.next();
      if (next.done === true) {
        for (const part of waiting) yield part;
        yield this.#compressor.compress(await last());
        if (!next.value) void this.#renew();
        return;
      }
      waiting.push(next.value.part);
      if (waiting.length > ahead) yield await waiting.shift()!;
    }
  }

  /** Everything in its order; after `until`, of the clock, what is known is not written anew. Returns whether all is as of now. */
  async *#written(giveWay: GiveWay, until: number): AsyncGenerator<Written, boolean> {
    const pages = pagesOf(this.#served);
    const slices: (readonly Slice[])[] = [];
    for (const page of pages) slices.push(await this.#look(page, giveWay));
    let isWhole = true;
    for (const name of gaugeNames) {
      let isFirst = true;
      for (const [p, page] of pages.entries()) {
        const moment = momentOf(name, page);
        for (const slice of slices[p]) {
          const kept = slice.parts.get(name);
          const isAsBefore = kept?.signature === slice.signature && kept.moment === moment;
          const shown = kept && (isAsBefore || this.#clock() > until) ? kept : await this.#writtenAnew(name, page, slice, giveWay);
          if (shown === kept && !isAsBefore) isWhole = false;
          if (shown.isEmpty) continue;
          if (isFirst) yield this.#compressed(gaugeHeader(name));
          isFirst = false;
          yield shown;
        }
      }
    }
    const hosts = hostScores(this.#served.hosts);
    if (hosts !== '') yield this.#compressed(hosts);
    return isWhole;
  }

  #compressed(text: string): Written {
    const part = this.#compressor.compress(text);
    // Who waits for it is told; perhaps nobody does any more.
    part.catch(() => undefined);
    return { isEmpty: text === '', part };
  }

  async #writtenAnew(name: SeriesGauge, page: Page, slice: Slice, giveWay: GiveWay): Promise<Written> {
    const { signature } = slice;
    const text = await gently(linesOf(name, page, slice.series), giveWay);
    const written = this.#compressed(text);
    // Seconds that run down are right for one scrape.
    if (name === 'presage_time_to_limit_seconds' && countsDown.test(text)) slice.parts.delete(name);
    else slice.parts.set(name, { ...written, signature, moment: momentOf(name, page) });
    written.part.catch(() => slice.parts.delete(name));
    return written;
  }

  /** Looks at all series of a page; what is kept of those that have changed is out of date then. */
  async #look(page: Page, giveWay: GiveWay): Promise<readonly Slice[]> {
    const { watch, gauges } = page;
    const kept = this.#watches.get(watch);
    const before = kept?.gauges === gauges ? kept.slices : [];
    const slices: Slice[] = [];
    for (const [series, known] of regrouped([...watch.series.values()], before)) {
      slices.push(sliceOf(watch, series, known));
      await giveWay();
    }
    this.#watches.set(watch, { gauges, slices: slices.map(({ signature, parts }) => ({ signature, parts })) });
    return slices;
  }

  /** Writes all that is out of date, while nobody waits for it. */
  async #renew(): Promise<void> {
    if (this.#renewing) return;
    this.#renewing = true;
    try {
      const written = this.#written(givingWay(), Infinity);
      // No faster than it is compressed.
      for (let next = await written.next(); next.done !== true; next = await written.next()) await next.value.part;
    } catch (error) {
      this.#served.failed?.(error);
    } finally {
      this.#renewing = false;
    }
  }
}

const countsDown = /\} (?!0$|\+Inf$)/m;

/** The times that a gauge tells of now, where they are not those of the newest value. */
function momentOf(name: SeriesGauge, { now, horizons, watch }: Page): string {
  const { step } = watch.settings;
  if (name === 'presage_predicted') return horizons.map((horizon) => Math.floor((now + horizon) / step)).join();
  if (name === 'presage_time_to_limit_seconds' || name === 'presage_limit_probability_ratio') return String(Math.floor(now / step));
  return '';
}

/** Numbers of a signature for each series; the first one is its serial number. */
const signatureLength = 6;

/**
 * The series in slices, each with the one of before that it goes on from: a series that comes or goes changes its own slice alone. New ones
 * come last, as they do in a Map. Once many slices have become short, all are made anew.
 */
function regrouped(
  all: readonly WatchedSeries[],
  before: readonly KeptSlice[],
): readonly (readonly [readonly WatchedSeries[], KeptSlice?])[] {
  const left = before.map((slice): [WatchedSeries[], KeptSlice] => [[], slice]);
  let next = 0;
  for (const [series, { signature }] of left) {
    for (let i = 0; i < signature.length && next < all.length; i += signatureLength) {
      // Those that are not the next one have gone.
      if (all[next].serial === signature[i]) series.push(all[next++]);
    }
  }
  const kept = left.filter(([series]) => series.length > 0);
  const fresh = [...inSlices(all.slice(next), sliceLength)].map((series) => [series] as const);
  const fewest = Math.ceil(all.length / sliceLength);
  return kept.length + fresh.length <= 2 * fewest + 1 ? [...kept, ...fresh] : [...inSlices(all, sliceLength)].map((series) => [series]);
}

/** The slice as it is now, with what is kept of before where the series are the same. */
function sliceOf(watch: Watch, series: readonly WatchedSeries[], before: KeptSlice | undefined): Slice {
  const signature = new Float64Array(signatureLength * series.length);
  for (const [i, one] of series.entries()) {
    const state = seriesStates.indexOf(watch.stateOf(one));
    signature.set([one.serial, one.ring.last, one.live?.time ?? 0, one.forecasts.version, state, outlookIndex(one)], signatureLength * i);
  }
  const isOfTheSame =
    before?.signature.length === signature.length && series.every(({ serial }, i) => serial === before.signature[signatureLength * i]);
  if (!isOfTheSame) return { series, signature, parts: new Map() };
  const isUnchanged = signature.every((number, i) => Object.is(number, before.signature[i]));
  return { series, signature: isUnchanged ? before.signature : signature, parts: before.parts };
}
