import type { AutoHostOptions } from '../detectors/auto-host.ts';
import type { AutoOptions } from '../detectors/auto-plan.ts';
import type { ApiSettings } from './api.ts';
import type { TransportSettings } from './transports.ts';

/** A value that hurts, above or below. */
export interface Limit {
  readonly name: string;
  readonly side: 'above' | 'below';
  readonly value: number;
}

/** One watch, complete: every default filled in. Spans in seconds. */
export interface WatchSettings {
  readonly name: string;
  readonly expr: string;
  readonly step: number;
  /** Span of which the detector learns the newest sample, where samples come live; divides the step. */
  readonly resolution: number;
  /** Selector of what a rule records of the expression. */
  readonly recordedAs?: string;
  /** Whether samples may be taken as they come. */
  readonly live: boolean;
  readonly history: number;
  readonly horizon: number;
  /** Seconds between two fits of one series. */
  readonly refit: number;
  /** Seconds after a grid time at which its value is asked for. */
  readonly delay: number;
  /** Bands never leave this range. */
  readonly bounds: readonly [number, number];
  readonly limits: readonly Limit[];
  readonly forecaster: string;
  readonly detector: string;
  /** What counts as anomalous, for the detector auto; absent: its defaults. */
  readonly detection?: AutoOptions;
  /** IANA name of the zone whose wall time the seasons follow; absent: UTC. */
  readonly timezone?: string;
  /** Path of an iCal file with the holidays; absent: none are known. */
  readonly holidays?: string;
  /** Whether hardly anything is learnt of a series while an alert on its host fires; absent: no. */
  readonly distrustAlerts?: boolean;
  /** Most series followed. */
  readonly seriesLimit: number;
}

export interface PrometheusSettings {
  readonly url: string;
  readonly timeout: number;
  readonly concurrency: number;
  readonly bearerTokenFile?: string;
  readonly basicAuth?: { readonly username: string; readonly passwordFile: string };
  readonly headers: Readonly<Record<string, string>>;
  /** Sent with every query; absent: none. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** What /metrics shows of each forecast. */
export interface GaugeSettings {
  readonly quantiles: readonly number[];
  /** Seconds. */
  readonly horizons: readonly number[];
}

/** Scores of whole hosts. */
export interface HostsSettings {
  /** The label whose values are hosts. */
  readonly label: string;
  readonly detection: AutoHostOptions;
}

/** A model that runs as a plug-in, complete. */
export interface ModelSettings {
  readonly name: string;
  readonly plugin: string;
  readonly file?: string;
  /** Longest time for one series, seconds. */
  readonly timeout: number;
  /** Largest JavaScript heap of its worker, MiB. */
  readonly memory: number;
}

export interface Configuration {
  readonly prometheus: PrometheusSettings;
  readonly gauges: GaugeSettings;
  /** Scores of whole hosts; absent: by their defaults. */
  readonly hosts?: HostsSettings;
  /** Queues that bring live samples; absent: none. */
  readonly transports?: TransportSettings;
  /** Who may do what over HTTP; absent: by the defaults. */
  readonly api?: ApiSettings;
  /** Plug-ins that watches may name. */
  readonly models?: readonly ModelSettings[];
  readonly watches: readonly WatchSettings[];
}

/** One thing wrong in a configuration file. */
export interface Fault {
  /** Where, as `watches[2].step`. Empty for the file as a whole. */
  readonly place: string;
  readonly found: string;
  readonly want: string;
  /** Line and column in the file, from 1, where known. */
  readonly line?: number;
  readonly column?: number;
}
