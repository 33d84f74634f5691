import { css } from '@emotion/css';
import type { DataFrame, GrafanaTheme2, PanelProps } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import * as React from 'react';
import { annotationsOf } from './annotations.ts';
import { diagnose, hints } from './diagnosis.ts';
import { distanceText } from './distance.ts';
import { ForecastChart } from './ForecastChart.tsx';
import { VizLayout, VizLegend } from './grafanaPlot.ts';
import { breachesByUrgency, Headline, headlineHeight } from './Headline.tsx';
import { legendItems } from './legend.ts';
import { Message } from './Message.tsx';
import { breachWords } from './model/breach.ts';
import { readFrames } from './model/frames.ts';
import { bandName } from './model/bands.ts';
import { readModel, type PanelModel, type SeriesView } from './model/readModel.ts';
import { readAt, saysAnything } from './model/reading.ts';
import { Multiples } from './Multiples.tsx';
import { ownOptions, type ForecastOptions, type OwnOptions } from './options.ts';
import type { PlotContext } from './plot/context.ts';
import { clockText, timeText, valueText } from './wording.ts';

/** The panel: reads the frames, says in words what matters, and draws past and future on one axis. */
export const ForecastPanel = (props: PanelProps<ForecastOptions>): React.ReactElement => {
  const { data, options, width, height, timeRange, timeZone, onChangeTimeRange } = props;
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  const own = React.useMemo(() => ownOptions({ ...options }), [options]);
  const [spoken, setSpoken] = React.useState('');
  const { model, notices, now } = useModel(props, own, theme);
  const range = React.useMemo(() => ({ from: timeRange.from.valueOf(), to: timeRange.to.valueOf() }), [timeRange]);
  const shown = React.useMemo(() => model.series.filter((one) => !one.lead.hidden), [model]);
  const annotations = React.useMemo(() => annotationsOf(data.annotations ?? [], theme), [data.annotations, theme]);
  const clock = (time: number): string => clockText(time, now, timeZone);
  const diagnosis = diagnose(model, data.series.length, range, notices);
  if (diagnosis !== null) return <Message {...diagnosis} />;

  const context: PlotContext = {
    now,
    range,
    series: shown,
    annotations,
    theme,
    showPast: own.showPast,
    showNow: own.showNow,
    showAnomalies: own.showAnomalies,
    clock,
    zoom: onChangeTimeRange,
    announce: (time) => setSpoken(time === null ? '' : speech(shown, data.series, time, now, timeZone)),
  };
  const chart = { frames: data.series, context, timeZone, theme, tooltip: options.tooltip?.mode ?? 'multi' };
  const isHeadlined = own.showHeadline && height > 120 && shown.some((one) => one.breaches.length > 0);
  const top = isHeadlined ? headlineHeight : 0;
  const remarks = [...notices, ...model.notices, ...hints(model)];
  return (
    <div className={styles.panel} data-testid="forecast-panel">
      <div className={styles.spoken} role="img" aria-label={summary(shown, data.series, clock)} />
      <div className={styles.spoken} aria-live="polite" data-testid="forecast-spoken">
        {spoken}
      </div>
      {isHeadlined && <Headline series={shown} clock={clock} />}
      {remarks.length > 0 && (
        <span
          className={styles.remarks}
          title={remarks.join('\n')}
          role="note"
          aria-label={remarks.join('. ')}
          data-testid="forecast-remarks"
        >
          <span aria-hidden>i</span>
        </span>
      )}
      <VizLayout width={width} height={height - top} legend={legendOf(model, data.series, options, own.layout, clock)}>
        {(innerWidth, innerHeight) =>
          own.layout === 'multiples' ? (
            <Multiples {...chart} width={innerWidth} height={innerHeight} />
          ) : (
            <ForecastChart {...chart} width={innerWidth} height={innerHeight} />
          )
        }
      </VizLayout>
    </div>
  );
};

function useModel(
  { data }: PanelProps<ForecastOptions>,
  own: OwnOptions,
  theme: GrafanaTheme2,
): { model: PanelModel; notices: readonly string[]; now: number } {
  // One now for all that is drawn of one answer: the moment it was asked for.
  const asked = data.request?.endTime ?? data.request?.startTime;
  const fallback = React.useMemo(() => Date.now(), [data]);
  const now = asked ?? fallback;
  return React.useMemo(() => {
    const { sources, notices } = readFrames(data.series, theme, own.showLimits ? own.limitSide : null);
    const model = readModel(sources, { shares: own.bands.map((percent) => percent / 100), threshold: own.anomalyThreshold }, now);
    return { model, notices, now };
  }, [data.series, theme, own, now]);
}

function legendOf(
  model: PanelModel,
  frames: readonly DataFrame[],
  { legend }: ForecastOptions,
  layout: OwnOptions['layout'],
  clock: (time: number) => string,
): React.ReactElement<React.ComponentProps<typeof VizLayout.Legend>> | null {
  if (legend === undefined || !legend.showLegend || layout === 'multiples') return null;
  const items = legendItems(model.series, frames, legend.calcs ?? [], clock);
  return (
    <VizLayout.Legend placement={legend.placement ?? 'bottom'} maxHeight="35%" maxWidth="60%" width={legend.width}>
      <VizLegend placement={legend.placement ?? 'bottom'} items={items} displayMode={legend.displayMode} isSortable />
    </VizLayout.Legend>
  );
}

/** The chart in one sentence a series, for those who do not see it. */
function summary(series: readonly SeriesView[], frames: readonly DataFrame[], clock: (time: number) => string): string {
  const found = breachesByUrgency(series).slice(0, 3);
  const breaches = found.map((one) => `${one.series.title}: ${breachWords(one.breach, clock)}`);
  const anomalies = series.reduce((sum, one) => sum + one.anomalies.length, 0);
  const names = series.slice(0, 5).map((one) => {
    const last = one.actual.values.findLast((value) => !Number.isNaN(value));
    return last === undefined ? one.title : `${one.title} ${valueText(frames[one.lead.frame]!.fields[one.lead.field]!, last)}`;
  });
  const rest = series.length > names.length ? ` and ${series.length - names.length} more` : '';
  return [`Forecast of ${names.join(', ')}${rest}`, `${anomalies} anomalies`, ...breaches].join('. ');
}

/** What the series say at one time, as a sentence for a screen reader. */
function speech(series: readonly SeriesView[], frames: readonly DataFrame[], time: number, now: number, timeZone: string): string {
  const moments = series
    .map((one) => readAt(one, time))
    .filter(saysAnything)
    .slice(0, 5);
  const said = moments.map(({ series: one, actual, expected, bands, score }) => {
    const text = (value: number): string => valueText(frames[one.lead.frame]!.fields[one.lead.field]!, value);
    const band = bands[0];
    const parts = [
      Number.isNaN(actual) ? '' : text(actual),
      Number.isNaN(expected) ? '' : `expected ${text(expected)}`,
      band === undefined ? '' : `${bandName(band)} ${text(band.lower)} to ${text(band.upper)}`,
      score === null ? '' : `anomalous, score ${score.toFixed(1)}`,
    ];
    return `${one.title}: ${parts.filter((part) => part !== '').join(', ')}`;
  });
  return `${timeText(time, timeZone)}, ${distanceText(time, now)}. ${said.join('. ')}`;
}

const getStyles = (theme: GrafanaTheme2) => ({
  panel: css({ position: 'relative', width: '100%', height: '100%' }),
  spoken: css({ position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)', whiteSpace: 'nowrap' }),
  remarks: css({
    position: 'absolute',
    top: 2,
    right: 4,
    zIndex: 1,
    color: theme.colors.text.secondary,
    cursor: 'help',
    width: 16,
    height: 16,
    borderRadius: 8,
    border: `1px solid ${theme.colors.text.secondary}`,
    fontSize: 11,
    lineHeight: '14px',
    textAlign: 'center',
    fontWeight: 500,
  }),
});
