import type { DataFrame, EventBus, Field, GrafanaTheme2, LinkModel, TimeZone } from '@grafana/data';
import * as React from 'react';
import { distanceText } from './distance.ts';
import { EventBusPlugin, TooltipPlugin2, UPlotChart, hoverMode, usePanelContext } from './grafanaPlot.ts';
import type { SeriesView } from './model/readModel.ts';
import { nearestSample, readAt, saysAnything } from './model/reading.ts';
import { buildPlot } from './plot/build.ts';
import { toColumns } from './plot/columns.ts';
import { scaleOf, type PlotContext } from './plot/context.ts';
import { Tooltip } from './Tooltip.tsx';
import { timeText, valueText } from './wording.ts';

interface Props {
  readonly width: number;
  readonly height: number;
  readonly frames: readonly DataFrame[];
  readonly context: PlotContext;
  readonly timeZone: TimeZone;
  readonly theme: GrafanaTheme2;
  readonly tooltip: 'single' | 'multi' | 'none';
}

/** At most so many series in one tooltip, the nearest to the cursor first. */
const tooltipSeries = 8;

/** One plot with its tooltip, shared cursor, zoom and keyboard. */
export const ForecastChart = ({ width, height, frames, context, timeZone, theme, tooltip }: Props): React.ReactElement => {
  const { eventBus, eventsScope, sync } = usePanelContext();
  const box = React.useRef(context);
  box.current = context;
  const fieldOf = (series: SeriesView): Field => frames[series.lead.frame]!.fields[series.lead.field]!;
  const structure = structureKey(context.series, fieldOf);
  const config = React.useMemo(
    () => buildPlot({ series: context.series, fieldOf, theme, timeZone, box, zooms: tooltip === 'none' }),
    // The plot is built anew for another structure alone; refreshed values reach it through the box.
    [structure, theme, timeZone, tooltip],
  );
  const columns = React.useMemo(() => toColumns(context.series), [context.series, context.range]);
  const render = (plot: Plot, focused: number | null, links: LinkModel[]): React.ReactNode => {
    const { series, now, annotations, range } = box.current;
    const left = plot.cursor.left ?? -1;
    const time = left < 0 ? NaN : nearestSample(series, plot.posToVal(left, 'x'));
    const chosen = tooltip === 'single' && focused !== null ? series.slice((focused - 1) >> 1, ((focused - 1) >> 1) + 1) : series;
    const moments = chosen.map((one) => readAt(one, time)).filter(saysAnything);
    if (moments.length === 0) return null;
    const within = ((range.to - range.from) / plot.over.clientWidth) * 6;
    return (
      <Tooltip
        time={timeText(time, timeZone)}
        distance={distanceText(time, now)}
        moments={nearestToCursor(plot, moments)}
        more={moments.length - Math.min(moments.length, tooltipSeries)}
        notes={annotations.filter((note) => time >= note.from - within && time <= note.to + within).map((note) => note.text)}
        links={links}
        text={(moment, value) => valueText(fieldOf(moment.series), value)}
      />
    );
  };
  return (
    <UPlotChart config={config} data={columns} width={width} height={height}>
      <Shared config={config} eventBus={eventBus} frames={frames} />
      {tooltip !== 'none' && (
        <TooltipPlugin2
          config={config}
          hoverMode={tooltip === 'multi' ? hoverMode.all : hoverMode.one}
          queryZoom={context.zoom}
          syncMode={sync?.()}
          syncScope={eventsScope}
          getDataLinks={(index, row) => linksOf(context.series[(index - 1) >> 1], fieldOf, columns[0][row])}
          render={(plot, _indexes, focused, _isPinned, _dismiss, _span, _viaSync, links) => render(plot, focused, links)}
          maxWidth={440}
        />
      )}
    </UPlotChart>
  );
};

type Plot = Parameters<React.ComponentProps<typeof TooltipPlugin2>['render']>[0];

const Shared = ({
  config,
  eventBus,
  frames,
}: {
  config: ReturnType<typeof buildPlot>;
  eventBus: EventBus;
  frames: readonly DataFrame[];
}) => <EventBusPlugin config={config} eventBus={eventBus} frame={frames[0]} />;

/** Tells one structure of a plot from another: its series, their colours, hidden ones, units and axes. */
function structureKey(series: readonly SeriesView[], fieldOf: (series: SeriesView) => Field): string {
  return JSON.stringify(
    series.map((one) => {
      const { custom, min, max, decimals, unit } = fieldOf(one).config;
      return [one.id, one.color, scaleOf(one), custom, min, max, decimals, unit, one.actual.times.length === 1];
    }),
  );
}

function nearestToCursor(plot: Plot, moments: readonly ReturnType<typeof readAt>[]): readonly ReturnType<typeof readAt>[] {
  if (moments.length <= tooltipSeries) return moments;
  const top = plot.cursor.top ?? 0;
  const distance = (moment: ReturnType<typeof readAt>): number => {
    const value = Number.isNaN(moment.actual) ? moment.expected : moment.actual;
    return Number.isNaN(value) ? Infinity : Math.abs(plot.valToPos(value, scaleOf(moment.series)) - top);
  };
  return [...moments].sort((a, b) => distance(a) - distance(b)).slice(0, tooltipSeries);
}

/** The data links of a series' own field at its sample for that time (ms). */
function linksOf(series: SeriesView | undefined, fieldOf: (series: SeriesView) => Field, time: number | undefined): LinkModel[] {
  if (series === undefined || time === undefined) return [];
  const row = Array.prototype.indexOf.call(series.lead.times, time);
  return fieldOf(series).getLinks?.({ valueRowIndex: row < 0 ? undefined : row }) ?? [];
}
