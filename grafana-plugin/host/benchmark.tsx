import {
  LoadingState,
  applyFieldOverrides,
  createTheme,
  getPanelOptionsWithDefaults,
  toDataFrame,
  ThemeContext,
  EventBusSrv,
  type DataFrame,
  type PanelPlugin,
} from '@grafana/data';
import { LegendDisplayMode, PanelContextProvider, TimeSeries, TooltipPlugin2 } from '@grafana/ui';
import * as React from 'react';
import { createRoot } from 'react-dom/client';
import { loadPanel } from './load.ts';
import { rangeOf, request } from './page.tsx';
import { plots } from './recordedUplot.ts';
import { benchFrames, benchNow, benchSpan } from './benchFrames.ts';

/** The panel of this plugin, or the TimeSeries component of Grafana's packages with the same frames and bands by fillBelowTo. */
export type Rival = 'panel' | 'timeSeries';

/** What the page measures of itself: milliseconds in which the main thread was busy, during which a reader's hand meets nothing. */
export interface Benchmark {
  firstRender(rival: Rival, series: number, points: number): Promise<number>;
  refresh(): Promise<number>;
  redraw(): Promise<number>;
  cursor(): Promise<number>;
  pan(): Promise<number>;
  /** Everything drawn anew, because the scale of values is another; nothing that was kept helps. */
  rescale(): Promise<number>;
}

const size = { width: 1100, height: 500 };
const theme = createTheme();
const eventBus = new EventBusSrv();
const context = { eventsScope: 'bench', eventBus };

let root: ReturnType<typeof createRoot> | null = null;
let shown: { rival: Rival; series: number; points: number; turn: number; place: number } | null = null;
let plugin: PanelPlugin | null = null;

export const benchmark: Benchmark = {
  async firstRender(rival, series, points) {
    plugin ??= await loadPanel('/plugin/module.js');
    root?.unmount();
    plots.length = 0;
    const holder = document.getElementById('root')!;
    holder.replaceChildren();
    root = createRoot(holder);
    shown = { rival, series, points, turn: 0, place: 0 };
    const element = elementOf(plugin, rival, framesOf(plugin, rival, series, points, 0));
    const start = performance.now();
    root.render(element);
    while (plots.length === 0) await nextTask();
    await settled();
    return performance.now() - start;
  },
  async refresh() {
    const { rival, series, points, turn } = (shown = { ...current(), turn: current().turn + 1 });
    const element = elementOf(plugin!, rival, framesOf(plugin!, rival, series, points, turn));
    const before = plots.at(-1)?.data;
    const start = performance.now();
    root!.render(element);
    while (plots.at(-1)?.data === before) await nextTask();
    await settled();
    return performance.now() - start;
  },
  redraw: () => timed((plot) => plot.redraw()),
  cursor: () => {
    const { place } = (shown = { ...current(), place: current().place + 37 });
    return timed((plot) => {
      const area = plot.over.getBoundingClientRect();
      const at = { clientX: area.left + (place % area.width), clientY: area.top + area.height / 2, bubbles: true };
      plot.over.dispatchEvent(new MouseEvent('mousemove', at));
    });
  },
  pan: () => {
    const { place } = (shown = { ...current(), place: current().place + 1 });
    const shift = (place % 20) * 60_000;
    return timed((plot) => plot.setScale('x', { min: benchNow - benchSpan.past + shift, max: benchNow + benchSpan.future + shift }));
  },
  rescale: () => {
    const { place, series } = (shown = { ...current(), place: current().place + 1 });
    return timed((plot) => {
      const key = plot.series[1]!.scale!;
      plot.setScale(key, { min: -2, max: series + 1 + (place % 2) / 10 });
    });
  },
};

async function timed(act: (plot: (typeof plots)[number]) => void): Promise<number> {
  const plot = plots.at(-1)!;
  await nextTask();
  const start = performance.now();
  act(plot);
  await settled();
  return performance.now() - start;
}

/** Waits until all that the act set off on the main thread is done; the pixels follow on a thread of the browser's own. */
async function settled(): Promise<void> {
  await Promise.resolve();
  await nextTask();
}

function nextTask(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.addEventListener('message', () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(null);
  });
}

function current(): NonNullable<typeof shown> {
  if (shown === null) throw new Error('nothing rendered yet: call firstRender first');
  return shown;
}

function framesOf(panel: PanelPlugin, rival: Rival, series: number, points: number, turn: number): DataFrame[] {
  return applyFieldOverrides({
    data: benchFrames(series, points, turn, rival === 'timeSeries').map((frame) => toDataFrame(frame)),
    fieldConfig: { defaults: { color: { mode: 'palette-classic' } }, overrides: [] },
    fieldConfigRegistry: rival === 'panel' ? panel.fieldConfigRegistry : undefined,
    replaceVariables: (text: string) => text,
    theme,
    timeZone: 'utc',
  });
}

function elementOf(panel: PanelPlugin, rival: Rival, frames: DataFrame[]): React.ReactElement {
  return (
    <ThemeContext.Provider value={theme}>
      <PanelContextProvider value={context}>{rival === 'panel' ? panelOf(panel, frames) : timeSeriesOf(frames)}</PanelContextProvider>
    </ThemeContext.Provider>
  );
}

const timeRange = rangeOf({ from: benchNow - benchSpan.past, to: benchNow + benchSpan.future });
const legend = { showLegend: false, displayMode: LegendDisplayMode.List, placement: 'bottom', calcs: [] } as const;

function panelOf(plugin: PanelPlugin, series: DataFrame[]): React.ReactElement {
  const Panel = plugin.panel!;
  const { options, fieldConfig } = getPanelOptionsWithDefaults({
    plugin,
    currentOptions: { legend },
    currentFieldConfig: { defaults: {}, overrides: [] },
    isAfterPluginChange: false,
  });
  return (
    <Panel
      {...size}
      {...{ id: 1, options, fieldConfig, timeRange, eventBus, title: '', renderCounter: 0, transparent: false, timeZone: 'utc' }}
      data={{ series, timeRange, state: LoadingState.Done, request: { ...request, startTime: benchNow, endTime: benchNow } }}
      onOptionsChange={() => {}}
      onFieldConfigChange={() => {}}
      replaceVariables={(text: string) => text}
      onChangeTimeRange={() => {}}
    />
  );
}

function timeSeriesOf(frames: DataFrame[]): React.ReactElement {
  return (
    <TimeSeries {...size} frames={frames} structureRev={1} timeRange={timeRange} timeZone="utc" legend={{ ...legend, calcs: [] }}>
      {(config, frame) => (
        <TooltipPlugin2 config={config} hoverMode={1} render={(_plot, indexes) => <TimeSeriesTooltip frame={frame} indexes={indexes} />} />
      )}
    </TimeSeries>
  );
}

/** As many rows as the panel's own tooltip shows at most. */
const TimeSeriesTooltip = ({ frame, indexes }: { frame: DataFrame; indexes: (number | null)[] }): React.ReactElement => (
  <div>
    {frame.fields.slice(1, 25).map((field, index) => (
      <div key={field.name + index}>
        {field.state?.displayName ?? field.name} {String(field.values[indexes[index + 1] ?? 0])}
      </div>
    ))}
  </div>
);
