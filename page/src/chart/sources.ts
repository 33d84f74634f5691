import type { Limit } from '../../../grafana-plugin/src/model/breach.ts';
import type { Source } from '../../../grafana-plugin/src/model/readModel.ts';
import type { Labels, Role } from '../../../grafana-plugin/src/model/roles.ts';
import type { ChartAnswer, ChartSeries } from '../../../ml-sidecar/src/serve/answers.ts';
import type { PageTheme } from './theme.ts';
import { seriesTitles } from './titles.ts';
import type { Unit } from './unit.ts';

/** Quantiles of the times to a limit in an answer, in its order. */
const outlookQuantiles = [0.025, 0.5, 0.975];

/** The lines of an answer as the panel's model reads them. `hidden` holds keys of series that the reader switched off. */
export function sourcesOf(answer: ChartAnswer, unit: Unit, theme: PageTheme, hidden: ReadonlySet<string>): Source[] {
  const limits: readonly Limit[] = answer.limits.map(({ name, side, value }) => ({
    name: `${name} ${side === 'above' ? '>' : '<'} ${unit.text(value)}`,
    side,
    value,
    color: theme.colors.error.main,
  }));
  const titles = seriesTitles(
    answer.series.map(({ labels }) => labels),
    answer.watch,
  );
  return answer.series.flatMap((series, place) => sourcesOfSeries(answer, series, titles[place] ?? '', { unit, theme, limits, hidden }));
}

interface Look {
  readonly unit: Unit;
  readonly theme: PageTheme;
  readonly limits: readonly Limit[];
  readonly hidden: ReadonlySet<string>;
}

function sourcesOfSeries(answer: ChartAnswer, series: ChartSeries, title: string, { unit, theme, limits, hidden }: Look): Source[] {
  const { history, forecast, outlook } = series;
  const line = (role: Role, labels: Labels, times: readonly number[], values: readonly (number | null)[]): Source => ({
    role,
    // The key alone: a label that other forecasters use for themselves would tear the lines of a series apart.
    labels: { series: series.key, ...labels },
    name: answer.watch,
    title,
    refId: series.key,
    frame: 0,
    field: 0,
    unit: unit.name,
    colorAs: (position) => theme.palette[position % theme.palette.length] ?? theme.colors.text.primary,
    hidden: hidden.has(series.key),
    lineWidth: undefined,
    interval: undefined,
    times,
    values,
    limits: role.kind === 'actual' ? limits : [],
  });
  const historyTimes = history.times.map(toMilliseconds);
  const forecastTimes = forecast.times.map(toMilliseconds);
  const watch = answer.watch;
  return [
    line({ kind: 'actual' }, {}, historyTimes, history.values),
    line({ kind: 'direction' }, { watch }, historyTimes, distances(answer, series)),
    ...answer.levels.map((level, row) =>
      line({ kind: 'quantile', source: 'forecast', level }, { watch, quantile: String(level) }, forecastTimes, forecast.rows[row] ?? []),
    ),
    ...outlook.flatMap(({ limit, seconds }, place) =>
      outlookQuantiles.map((level, i) =>
        line(
          { kind: 'time-to-limit', limit: limits[place]?.name ?? limit, level },
          { watch, limit, quantile: String(level) },
          [answer.now * 1000],
          [seconds[i] ?? Infinity],
        ),
      ),
    ),
  ];
}

/** Of each anomalous value how far it lies from what was expected, so that its marker stands where it is farthest; else 0. */
function distances({ levels }: ChartAnswer, { history, forecast }: ChartSeries): number[] {
  const medians = forecast.rows[levels.indexOf(0.5)] ?? [];
  const expected = new Map(forecast.times.map((time, i) => [time, medians[i]]));
  return history.anomalous.map((side, i) => {
    const distance = Math.abs((history.values[i] ?? NaN) - (expected.get(history.times[i] ?? NaN) ?? NaN));
    return side * (distance > 0 ? distance : Number.MIN_VALUE);
  });
}

function toMilliseconds(seconds: number): number {
  return seconds * 1000;
}
