import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { readAt, nearestSample, saysAnything } from '../../../grafana-plugin/src/model/reading.ts';
import { toColumns } from '../../../grafana-plugin/src/plot/columns.ts';
import type { PlotContext } from '../../../grafana-plugin/src/plot/context.ts';
import { ChartTooltip, type Pointed } from './ChartTooltip.tsx';
import { columnsOf, createPlot } from './plot.ts';
import { speechAt } from './speech.ts';
import type { PageTheme } from './theme.ts';
import type { Unit } from './unit.ts';

interface Props {
  readonly context: Omit<PlotContext, 'announce' | 'zoom'>;
  readonly zoom: PlotContext['zoom'];
  readonly theme: PageTheme;
  readonly unit: Unit;
  readonly bounds: readonly (number | null)[];
  readonly height: number;
  readonly label: string;
}

/** One plot with its tooltip, zoom and keyboard; as wide as its place. */
export const Chart = ({ context, zoom, theme, unit, bounds, height, label }: Props): JSX.Element => {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const [spoken, setSpoken] = useState('');
  const announce = (time: number | null): void => setSpoken(time === null ? '' : speechAt(context.series, time, context.now, unit));
  const box = useRef<PlotContext>({ ...context, zoom, announce });
  box.current = { ...context, zoom, announce };
  const columns = useMemo(() => toColumns(context.series), [context.series]);
  const structure = `${theme.isDark} ${unit.name} ${height} ${context.series.map((one) => `${one.id} ${one.color} ${one.actual.times.length === 1}`).join()}`;
  useLayoutEffect(() => {
    const target = place.current;
    if (target === null) return undefined;
    const moved = (moving: uPlot): void => setPointed(pointedAt(moving, box.current));
    const built = createPlot({ box, theme, unit, bounds, width: target.clientWidth, height, moved }, columns, target);
    built.root.setAttribute('aria-label', `${label}. Arrow keys read the samples, N goes to now, Space marks a span to zoom to.`);
    plot.current = built;
    const observer = new ResizeObserver(() => built.setSize({ width: target.clientWidth, height }));
    observer.observe(target);
    return () => {
      observer.disconnect();
      built.destroy();
      plot.current = null;
    };
  }, [structure]);
  useEffect(() => {
    plot.current?.setData(columnsOf(columns));
  }, [columns, context.range.from, context.range.to, context.now]);
  return (
    <div class="chart">
      <div ref={place} />
      {pointed && <ChartTooltip pointed={pointed} now={context.now} unit={unit} width={place.current?.clientWidth ?? 0} />}
      <div class="spoken" aria-live="polite">
        {spoken}
      </div>
    </div>
  );
};

/** What lies under the cursor; nothing where it is elsewhere, or only follows that of another chart. */
function pointedAt(plot: uPlot, { series }: PlotContext): Pointed | null {
  const { left = -1, top = -1, event } = plot.cursor;
  const isOwn = event?.target instanceof Node && plot.root.contains(event.target);
  if (left < 0 || !isOwn) return null;
  const time = nearestSample(series, plot.posToVal(left, 'x'));
  const moments = series.map((one) => readAt(one, time)).filter(saysAnything);
  if (moments.length === 0) return null;
  const area = plot.over;
  return { time, moments, left: left + area.offsetLeft, top: Math.max(0, top) + area.offsetTop };
}
