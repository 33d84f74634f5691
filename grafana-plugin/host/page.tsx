import {
  DashboardCursorSync,
  DataHoverEvent,
  EventBusSrv,
  LoadingState,
  ThemeContext,
  applyFieldOverrides,
  createTheme,
  dateTime,
  getPanelOptionsWithDefaults,
  toDataFrame,
  type FieldConfigSource,
  type GrafanaTheme2,
  type PanelPlugin,
} from '@grafana/data';
import { GlobalStyles, PanelChrome, PanelContextProvider, SeriesVisibilityChangeMode } from '@grafana/ui';
import * as React from 'react';
import { createRoot } from 'react-dom/client';
import { loadPanel } from './load.ts';
import { fillRegistries } from './registries.ts';
import { suggestionsOf } from './suggestionsOf.ts';
import type { Scene } from './scene.ts';

/** What the page tells of itself to the tests that drive it. */
interface Report {
  zooms: { from: number; to: number }[];
  options: unknown;
  fieldConfig: unknown;
}

interface HostWindow {
  show(scene: Scene): Promise<void>;
  /** Tells the panel that the cursor of another panel stands at a time (ms). */
  hoverElsewhere(time: number): void;
  /** The names of the visualisations that the panel suggests for frames. */
  suggest(frames: Scene['frames']): Promise<string[]>;
  report: Report;
}

const report: Report = { zooms: [], options: null, fieldConfig: null };
const eventBus = new EventBusSrv();
let root: ReturnType<typeof createRoot> | null = null;
let panel: Promise<PanelPlugin> | null = null;
let theme: Scene['theme'] | null = null;

const host: HostWindow = {
  report,
  async show(scene) {
    panel ??= loadPanel('/plugin/module.js');
    const plugin = await panel;
    root ??= createRoot(document.getElementById('root')!);
    if (scene.theme !== theme) {
      // Canvas text is drawn once, with whatever font is there; on a dashboard Grafana's fonts are there before the first panel.
      theme = scene.theme;
      root.render(<Host plugin={null} scene={scene} />);
      await frames(2);
      for (const weight of [400, 500]) await fontLoaded(`${weight} 12px Inter`);
    }
    root.render(<Host plugin={plugin} scene={scene} />);
    await frames(3);
  },
  hoverElsewhere(time) {
    eventBus.publish(new DataHoverEvent({ point: { time } }));
  },
  async suggest(scene) {
    panel ??= loadPanel('/plugin/module.js');
    return suggestionsOf(
      await panel,
      scene.map((frame) => toDataFrame(frame)),
    );
  },
};

/** Waits for a font; on a loaded machine its rule may not be there yet when the theme has been rendered, and then there is nothing to load. */
async function fontLoaded(font: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if ((await document.fonts.load(font)).length > 0) return;
    await frames(1);
  }
  throw new Error(`no rule for ${font}`);
}

Object.assign(window, { host });
void import('./benchmark.tsx').then(({ benchmark }) => Object.assign(host, { benchmark }));

async function frames(count: number): Promise<void> {
  for (let frame = 0; frame < count; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
}

const Host = ({ plugin, scene }: { plugin: PanelPlugin | null; scene: Scene }): React.ReactElement => {
  const theme = React.useMemo(() => createTheme({ colors: { mode: scene.theme } }), [scene.theme]);
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      {plugin !== null && <PanelOnDashboard key={scene.key} plugin={plugin} scene={scene} theme={theme} />}
    </ThemeContext.Provider>
  );
};

const PanelOnDashboard = ({ plugin, scene, theme }: { plugin: PanelPlugin; scene: Scene; theme: GrafanaTheme2 }): React.ReactElement => {
  const withDefaults = React.useMemo(
    () =>
      getPanelOptionsWithDefaults({
        plugin,
        currentOptions: scene.options,
        currentFieldConfig: scene.fieldConfig,
        isAfterPluginChange: false,
      }),
    [plugin, scene.options, scene.fieldConfig],
  );
  const [hidden, toggle] = useVisibility();
  const fieldConfig = hidden === null ? withDefaults.fieldConfig : showOnly(withDefaults.fieldConfig, hidden);
  Object.assign(report, { options: withDefaults.options, fieldConfig });
  const series = React.useMemo(() => framesOf(plugin, scene, fieldConfig, theme), [plugin, scene.frames, fieldConfig, theme, hidden]);
  const annotations = React.useMemo(() => (scene.annotations ?? []).map((frame) => toDataFrame(frame)), [scene.annotations]);
  const timeRange = React.useMemo(() => rangeOf(scene), [scene.from, scene.to]);
  const data = {
    series,
    annotations,
    state: LoadingState.Done,
    timeRange,
    request: { ...request, startTime: scene.now, endTime: scene.now },
  };
  const Panel = plugin.panel!;
  return (
    <PanelContextProvider value={{ eventsScope: 'host', eventBus, sync: () => DashboardCursorSync.Off, onToggleSeriesVisibility: toggle }}>
      <PanelChrome title={scene.title ?? 'CPU'} width={scene.width} height={scene.height}>
        {(width: number, height: number) => (
          <div style={{ width, height }}>
            <Panel
              id={1}
              data={data}
              timeRange={timeRange}
              timeZone="utc"
              options={withDefaults.options}
              fieldConfig={fieldConfig}
              width={width}
              height={height}
              transparent={false}
              renderCounter={0}
              title="CPU"
              eventBus={eventBus}
              onOptionsChange={() => {}}
              onFieldConfigChange={() => {}}
              replaceVariables={(text: string) => text}
              onChangeTimeRange={(range) => report.zooms.push(range)}
            />
          </div>
        )}
      </PanelChrome>
    </PanelContextProvider>
  );
};

type Toggle = (name: string | string[] | null, mode: SeriesVisibilityChangeMode) => void;

/** Which series the reader picked in the legend, null for all; a click picks one alone, with Ctrl it adds or takes away. */
function useVisibility(): [string[] | null, Toggle] {
  const [picked, setPicked] = React.useState<string[] | null>(null);
  const toggle: Toggle = (name, mode) => {
    if (typeof name !== 'string') return;
    setPicked((shown) => {
      if (mode !== SeriesVisibilityChangeMode.AppendToSelection) return shown?.length === 1 && shown[0] === name ? null : [name];
      return shown?.includes(name) ? shown.filter((one) => one !== name) : [...(shown ?? []), name];
    });
  };
  return [picked, toggle];
}

/** A query request as a dashboard makes it, but for its times. */
export const request = {
  requestId: 'Q1',
  interval: '1m',
  intervalMs: 60_000,
  range: rangeOf({ from: 0, to: 1 }),
  scopedVars: {},
  targets: [],
  timezone: 'utc',
  app: 'dashboard',
};

/** The time range between two times in ms. */
export function rangeOf({ from, to }: Pick<Scene, 'from' | 'to'>) {
  return { from: dateTime(from), to: dateTime(to), raw: { from: dateTime(from), to: dateTime(to) } };
}

function framesOf(plugin: PanelPlugin, scene: Scene, fieldConfig: FieldConfigSource, theme: GrafanaTheme2) {
  return applyFieldOverrides({
    data: scene.frames.map((frame) => toDataFrame(frame)),
    fieldConfig,
    fieldConfigRegistry: plugin.fieldConfigRegistry,
    replaceVariables: (text: string) => text,
    theme,
    timeZone: 'utc',
  });
}

/** The override that Grafana itself writes when a reader picks series in the legend: hide every field but the named. */
function showOnly(config: FieldConfigSource, names: string[]): FieldConfigSource {
  return {
    ...config,
    overrides: [
      ...config.overrides,
      {
        matcher: { id: 'byNames', options: { mode: 'exclude', names, prefix: 'All except:', readOnly: true } },
        properties: [{ id: 'custom.hideFrom', value: { viz: true, legend: false, tooltip: true } }],
      },
    ],
  };
}

fillRegistries();
