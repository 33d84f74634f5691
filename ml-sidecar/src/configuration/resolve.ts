import { wallOffsetOf } from '../stats/time-zone.ts';
import { formatDuration } from '@presage/service/duration.ts';
import type { z } from 'zod';
import { MatcherError } from '../prometheus/matcher.ts';
import { parseSelector } from '../prometheus/selector.ts';
import type { Configuration, Fault, HostsSettings, Limit, WatchSettings } from './configuration.ts';
import { autoHostDefaults } from '../detectors/auto-host.ts';
import { autoDefaults, type AutoOptions } from '../detectors/auto-plan.ts';
import { apiOf } from './api.ts';
import { defaultHosts, defaultMetrics, defaultPrometheus, defaultTuning } from './defaults.ts';
import { modelsOf } from './models.ts';
import { presets } from './presets/index.ts';
import { selectorWriter } from './presets/preset.ts';
import type { fileSchema, presetSchema, watchSchema } from './schema.ts';
import { transportsOf } from './transports.ts';

/** Names that `forecaster` and `detector` may take. */
export interface KnownModels {
  readonly forecasters: readonly string[];
  readonly detectors: readonly string[];
  /** Plug-ins, and whether they load a file. */
  readonly plugins?: readonly { readonly name: string; readonly file: 'needed' | 'optional' | 'none' }[];
}

type WatchEntry = z.output<typeof watchSchema>;
type PresetEntry = z.output<typeof presetSchema>;
type Tuning = Pick<
  WatchEntry,
  | 'step'
  | 'resolution'
  | 'live'
  | 'history'
  | 'horizon'
  | 'refit'
  | 'delay'
  | 'forecaster'
  | 'detector'
  | 'detection'
  | 'timezone'
  | 'holidays'
  | 'distrust_alerts'
  | 'series_limit'
>;

interface ReadFile extends Omit<z.output<typeof fileSchema>, 'watches'> {
  readonly watches: readonly { readonly place: string; readonly settings: WatchEntry | PresetEntry }[];
}

/** Steps that a history or a horizon may have at most: beyond, memory and fits grow out of proportion. */
const mostSteps = 50_000;

/** Seconds of the finest resolution that is chosen unasked. */
const usualResolution = 60;

/** Fills in every default, spells presets out and checks what no single key shows. */
export function resolve(file: ReadFile, known: KnownModels): { configuration: Configuration } | { faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const watches: WatchSettings[] = [];
  const places = new Map<string, string>();
  const models = modelsOf(file.models, known, faults);
  const all = { ...known, forecasters: [...known.forecasters, ...models.map(({ name }) => name)] };
  for (const { place, settings } of file.watches) {
    for (const watch of spellOut(place, settings, file.defaults ?? {}, faults)) {
      const first = places.get(watch.name);
      if (first === undefined) places.set(watch.name, place);
      else faults.push({ place: `${place}.name`, found: JSON.stringify(watch.name), want: `a name that ${first} does not have already` });
      faults.push(...faultsOf(place, watch, all));
      watches.push(watch);
    }
  }
  if (faults.length > 0) return { faults };
  return {
    configuration: {
      prometheus: prometheusOf(file.prometheus),
      gauges: gaugesOf(file.metrics),
      hosts: hostsOf(file.hosts),
      transports: transportsOf(file.transports),
      api: apiOf(file.api),
      models,
      watches,
    },
  };
}

function spellOut(place: string, settings: WatchEntry | PresetEntry, defaults: Tuning, faults: Fault[]): WatchSettings[] {
  if (!('preset' in settings)) {
    const [lower, upper] = settings.bounds ?? [null, null];
    const limits = (settings.limits ?? []).map((limit): Limit =>
      limit.above === undefined
        ? { name: limit.name, side: 'below', value: limit.below ?? NaN }
        : { name: limit.name, side: 'above', value: limit.above },
    );
    const { name, expr, recorded_as: recordedAs } = settings;
    const recorded = recordedAs === undefined ? {} : { recordedAs };
    return [complete({ name, expr, ...recorded, bounds: [lower ?? -Infinity, upper ?? Infinity], limits }, settings, defaults)];
  }
  const preset = presets.find((candidate) => candidate.name === settings.preset);
  if (!preset) {
    faults.push({
      place: `${place}.preset`,
      found: JSON.stringify(settings.preset),
      want: `one of ${presets.map((one) => one.name).join(', ')}`,
    });
    return [];
  }
  const selector = selectorWriter(settings.matchers ?? '');
  const all = preset.watches(selector);
  const unknown = (settings.without ?? []).find((name) => all.every((watch) => watch.name !== name));
  if (unknown !== undefined) {
    faults.push({ place: `${place}.without`, found: JSON.stringify(unknown), want: `one of ${all.map((watch) => watch.name).join(', ')}` });
  }
  return all
    .filter((watch) => settings.without?.includes(watch.name) !== true)
    .map(({ record, ...watch }) =>
      complete({ ...watch, ...(settings.recorded === true ? { recordedAs: `${record}${selector()}` } : {}) }, settings, defaults),
    );
}

function complete(
  core: Pick<WatchSettings, 'name' | 'expr' | 'recordedAs' | 'bounds' | 'limits'>,
  own: Tuning,
  defaults: Tuning,
): WatchSettings {
  const said = { ...withoutAbsent(defaults), ...withoutAbsent(own) };
  const tuning = { ...defaultTuning, refit: usualRefit(said.series_limit ?? defaultTuning.series_limit), ...said };
  const { step } = tuning;
  const roundUp = (seconds: number) => Math.ceil(seconds / step) * step;
  return {
    ...core,
    step,
    resolution: own.resolution ?? defaults.resolution ?? step / Math.ceil(step / usualResolution),
    live: tuning.live,
    history: roundUp(tuning.history),
    horizon: roundUp(tuning.horizon),
    refit: roundUp(tuning.refit),
    delay: tuning.delay,
    forecaster: tuning.forecaster,
    detector: tuning.detector,
    detection: { ...autoDefaults, ...detectionOf(defaults.detection), ...detectionOf(own.detection) },
    timezone: tuning.timezone,
    ...holidaysOf(own.holidays ?? defaults.holidays),
    distrustAlerts: tuning.distrust_alerts,
    seriesLimit: tuning.series_limit,
  };
}

/** Seconds between two fits of a series, so that fits of a watch with tens of thousands of series leave a processor for the rest. */
function usualRefit(seriesLimit: number): number {
  return Math.min(3600, defaultTuning.refit * Math.ceil(seriesLimit / 10_000));
}

function holidaysOf(holidays: string | undefined): Pick<WatchSettings, 'holidays'> {
  return holidays === undefined ? {} : { holidays };
}

/** What is said of the detection, by the names that the detector has for it. */
function detectionOf(said: Tuning['detection'] = {}): Partial<AutoOptions> {
  const entries = Object.entries({
    falseAlertsPerWeek: said.false_alerts_per_week,
    quietSeconds: said.quiet,
    muteSeconds: said.mute,
    needed: said.needed,
    window: said.window,
    minimumDeviation: said.minimum_deviation,
    direction: said.direction,
    shiftAfterSeconds: said.shift_after,
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** Spreading an absent optional key would wipe the default. */
function withoutAbsent(tuning: Tuning): Partial<typeof defaultTuning> {
  const { step, live, history, horizon, refit, delay, forecaster, detector, timezone, distrust_alerts, series_limit } = tuning;
  const all = { step, live, history, horizon, refit, delay, forecaster, detector, timezone, distrust_alerts, series_limit };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function isSelector(text: string): boolean {
  try {
    return parseSelector(text) !== undefined;
  } catch (error) {
    if (error instanceof MatcherError) return false;
    throw error;
  }
}

/** Zones that are known: to ask for one anew takes longer than all the rest of a watch. */
const timeZones = new Set<string>();

function isTimeZone(name: string): boolean {
  if (timeZones.has(name)) return true;
  try {
    wallOffsetOf(name);
    timeZones.add(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function faultsOf(place: string, watch: WatchSettings, known: KnownModels): Fault[] {
  const faults: Fault[] = [];
  const want = (key: string, holds: boolean, found: string, wish: string) => {
    if (!holds) faults.push({ place: `${place}.${key}`, found, want: wish });
  };
  const span = (seconds: number) => JSON.stringify(formatDuration(seconds));
  want('history', watch.history >= 30 * watch.step, span(watch.history), `at least 30 steps of ${formatDuration(watch.step)}`);
  want(
    'history',
    watch.history <= mostSteps * watch.step,
    span(watch.history),
    `at most ${mostSteps} steps of ${formatDuration(watch.step)}`,
  );
  want(
    'horizon',
    watch.horizon <= mostSteps * watch.step,
    span(watch.horizon),
    `at most ${mostSteps} steps of ${formatDuration(watch.step)}`,
  );
  want(
    'resolution',
    Math.abs(watch.step / watch.resolution - Math.round(watch.step / watch.resolution)) < 1e-9 && watch.resolution <= watch.step,
    span(watch.resolution),
    `a whole part of the step of ${formatDuration(watch.step)}`,
  );
  want('recorded_as', watch.recordedAs === undefined || isSelector(watch.recordedAs), JSON.stringify(watch.recordedAs), 'a plain selector');
  const { needed, window } = watch.detection ?? autoDefaults;
  want('detection.needed', needed <= window, String(needed), `at most the window, ${window}`);
  want(
    'timezone',
    watch.timezone === undefined || isTimeZone(watch.timezone),
    JSON.stringify(watch.timezone),
    'an IANA time zone such as Europe/Berlin',
  );
  want(
    'forecaster',
    known.forecasters.includes(watch.forecaster),
    JSON.stringify(watch.forecaster),
    `one of ${known.forecasters.join(', ')}`,
  );
  want('detector', known.detectors.includes(watch.detector), JSON.stringify(watch.detector), `one of ${known.detectors.join(', ')}`);
  watch.limits.forEach(({ name }, i) => {
    const unique = watch.limits.findIndex((other) => other.name === name) === i;
    want(`limits[${i}].name`, unique, JSON.stringify(name), 'a name that no other limit of the watch has');
  });
  return faults;
}

function prometheusOf(read: z.output<typeof fileSchema>['prometheus']): Configuration['prometheus'] {
  return {
    url: read.url.replace(/\/+$/, ''),
    timeout: read.timeout ?? defaultPrometheus.timeout,
    concurrency: read.concurrency ?? defaultPrometheus.concurrency,
    headers: read.headers ?? {},
    ...(read.parameters === undefined ? {} : { parameters: read.parameters }),
    ...(read.bearer_token_file === undefined ? {} : { bearerTokenFile: read.bearer_token_file }),
    ...(read.basic_auth === undefined
      ? {}
      : { basicAuth: { username: read.basic_auth.username, passwordFile: read.basic_auth.password_file } }),
  };
}

function gaugesOf(read: z.output<typeof fileSchema>['metrics']): Configuration['gauges'] {
  const ascending = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);
  return {
    quantiles: ascending(read?.quantiles ?? defaultMetrics.quantiles),
    horizons: ascending(read?.horizons ?? defaultMetrics.horizons),
  };
}

function hostsOf(read: z.output<typeof fileSchema>['hosts']): HostsSettings {
  return {
    label: read?.label ?? defaultHosts.label,
    detection: {
      falseAlertsPerWeek: read?.false_alerts_per_week ?? autoHostDefaults.falseAlertsPerWeek,
      quietSeconds: read?.quiet ?? autoHostDefaults.quietSeconds,
      muteSeconds: read?.mute ?? autoHostDefaults.muteSeconds,
    },
  };
}
