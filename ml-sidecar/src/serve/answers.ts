// What the API answers. Imports nothing, so that the page can share these types without the sidecar behind them.

export type Labels = Readonly<Record<string, string>>;
export type StateAnswer = 'learning' | 'ready' | 'stale' | 'unforecastable';

/** A value that hurts, above or below. */
export interface LimitAnswer {
  readonly name: string;
  readonly side: 'above' | 'below';
  readonly value: number;
}

/** Numbers of series by their state. */
export type StateCounts = Readonly<Record<StateAnswer, number>>;

/** One watch, as `/api/v1/watches` and the events tell it. Durations as Prometheus writes them. */
export interface WatchAnswer {
  readonly name: string;
  readonly expr: string;
  readonly step: string;
  readonly history: string;
  readonly horizon: string;
  readonly forecaster: string;
  readonly detector: string;
  readonly limits: readonly LimitAnswer[];
  /** null where there is no bound. */
  readonly bounds: readonly (number | null)[];
  readonly series: number;
  readonly states: StateCounts;
  /** Series whose newest score is above 1. */
  readonly anomalous: number;
  /** Whether the last query succeeded; null before the first. */
  readonly up: boolean | null;
  readonly fault: string | null;
  /** Unix seconds of the newest value taken up, of the last query that succeeded; null before the first. */
  readonly time: number | null;
  readonly lastSuccess: number | null;
  /** Of a model that learns from all series of the watch: how far it is, and why it could not go on from what was saved. */
  readonly model?: { readonly status: string; readonly fault: string | null };
}

/** When a series passes one of its limits. Seconds from `now` on; null: not within the horizon. */
export interface OutlookAnswer {
  readonly limit: string;
  readonly side: LimitAnswer['side'];
  readonly value: number;
  /** One for each of `outlookQuantiles` of the time to the limit. */
  readonly seconds: readonly (number | null)[];
}

/** One series of a chart. Times in Unix seconds, ascending; a gap is null. */
export interface ChartSeries {
  /** The same string for the same label set. */
  readonly key: string;
  readonly labels: Labels;
  readonly state: StateAnswer;
  readonly score: number;
  readonly direction: number;
  readonly history: {
    readonly times: readonly number[];
    readonly values: readonly (number | null)[];
    /** Of each value: 1 anomalous and above what was expected, −1 below, 0 as expected. */
    readonly anomalous: readonly number[];
  };
  /** What was expected and what is: past and future of the forecasts, a row for each of `levels`. */
  readonly forecast: { readonly times: readonly number[]; readonly rows: readonly (readonly (number | null)[])[] };
  readonly outlook: readonly OutlookAnswer[];
}

/** Everything to draw series of one watch, past and future. */
export interface ChartAnswer {
  readonly watch: string;
  readonly expr: string;
  /** Seconds. */
  readonly step: number;
  readonly horizon: number;
  readonly history: number;
  /** Unix seconds. */
  readonly now: number;
  readonly bounds: readonly (number | null)[];
  readonly limits: readonly LimitAnswer[];
  /** Quantile levels of every forecast. */
  readonly levels: readonly number[];
  readonly series: readonly ChartSeries[];
  /** Series that match and were left out, because one answer holds so many. */
  readonly more: number;
}

/** The limit that a host meets first. */
export interface FirstLimit extends OutlookAnswer {
  readonly watch: string;
  readonly labels: Labels;
  readonly state: StateAnswer;
}

/** The newest score of a host that is the highest. */
export interface WorstScore {
  readonly watch: string;
  readonly labels: Labels;
  readonly score: number;
  readonly direction: number;
}

/** One host of the fleet: every series with that `instance` label. */
export interface HostAnswer {
  /** The `instance` label; empty for the series without one. */
  readonly host: string;
  readonly series: number;
  readonly states: StateCounts;
  readonly anomalous: number;
  /** Watches with a series of this host. */
  readonly watches: readonly string[];
  readonly first: FirstLimit | null;
  readonly worst: WorstScore | null;
}

/** Hosts, the most urgent first. */
export interface FleetAnswer {
  /** Unix seconds. */
  readonly now: number;
  readonly version: string;
  readonly ready: boolean;
  readonly hosts: readonly HostAnswer[];
}

/** What changed in one watch since the last event of it. */
export interface WatchEvent {
  readonly watch: WatchAnswer;
  /** Series whose state changed or whose newest value is anomalous, the highest scores first, so many at most. */
  readonly series: readonly {
    readonly key: string;
    readonly labels: Labels;
    readonly state: StateAnswer;
    readonly score: number;
    readonly direction: number;
  }[];
}

/** How forecasts of one series would have done at earlier origins, oldest first. */
export interface BacktestAnswer {
  readonly labels: Labels;
  readonly origins: readonly {
    /** Unix seconds. */
    readonly time: number;
    readonly samples: number;
    /** Mean |sample − median|, in the unit of the series. */
    readonly meanMiss: number;
    /** 1 − loss / loss of seasonal naive; null where that had too little to go by. */
    readonly skill: number | null;
    /** Share of samples inside the bands of 80 and 95 %. */
    readonly inside80: number;
    readonly inside95: number;
  }[];
}

/** A watch that was run without being configured. */
export interface DryRunAnswer {
  readonly chart: ChartAnswer;
  /** Series that the expression gives; the chart holds the first of them. */
  readonly found: number;
  readonly backtest: readonly BacktestAnswer[];
  /** Seconds that reading and everything took. */
  readonly readSeconds: number;
  readonly seconds: number;
  /** The watch as it goes into the configuration file. */
  readonly yaml: string;
}

/** Why one series is forecast as it is: the part of `explain` that the page shows. Times in Unix seconds, spans in seconds. */
export interface ExplanationAnswer {
  readonly because: string | null;
  readonly samples: { readonly held: number; readonly most: number; readonly step: number };
  readonly model: string | null;
  readonly lastFit: number | null;
  /** 1 − loss / loss of seasonal naive. */
  readonly skill: { readonly live: number | null; readonly backtest: number | null };
  readonly compared: {
    readonly at: number | null;
    readonly origins: number;
    readonly leads: readonly {
      /** null: beyond all others. */
      readonly until: number | null;
      readonly origins: number;
      readonly loss: number | null;
      readonly models: readonly { readonly name: string; readonly loss: number | null; readonly weight: number | null }[];
      readonly bands: readonly { readonly level: number; readonly coverage: number | null; readonly widenedBy: number | null }[];
    }[];
  } | null;
  readonly seasons: readonly { readonly name: string; readonly span: number }[];
  readonly ramp: { readonly since: number; readonly perHour: number } | null;
  readonly bands: readonly { readonly level: number; readonly live: number | null; readonly backtest: number | null }[];
  readonly limits: readonly {
    readonly name: string;
    readonly side: LimitAnswer['side'];
    readonly value: number;
    readonly chances: readonly { readonly within: number; readonly probability: number | null }[];
  }[];
}
