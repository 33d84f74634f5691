import * as emotionCss from '@emotion/css';
import * as emotionReact from '@emotion/react';
import * as grafanaData from '@grafana/data';
import * as grafanaRuntime from '@grafana/runtime';
import * as grafanaUi from '@grafana/ui';
import lodash from 'lodash';
import moment from 'moment';
import React from 'react';
import * as ReactDom from 'react-dom';
import * as rxjs from 'rxjs';
import 'systemjs/dist/system.js';
import 'systemjs/dist/extras/amd.js';

interface SystemLoader {
  addImportMap(map: { imports: Record<string, string> }): void;
  set(id: string, module: object): void;
  import(url: string): Promise<{ plugin: grafanaData.PanelPlugin }>;
}

declare const System: SystemLoader;

/** Grafana's shared modules by the names under which plugins ask for them. No react/jsx-runtime: Grafana 11.6 has none. */
const shared: Readonly<Record<string, object>> = {
  '@emotion/css': emotionCss,
  '@emotion/react': emotionReact,
  '@grafana/data': grafanaData,
  '@grafana/runtime': grafanaRuntime,
  '@grafana/ui': grafanaUi,
  lodash,
  moment,
  react: React,
  'react-dom': ReactDom,
  rxjs,
};

/** Loads a built panel as Grafana does: by SystemJS as an AMD module, with the shared modules handed in. */
export async function loadPanel(url: string): Promise<grafanaData.PanelPlugin> {
  const names = Object.keys(shared);
  System.addImportMap({ imports: Object.fromEntries(names.map((name) => [name, `package:${name}`])) });
  for (const name of names) System.set(`package:${name}`, { default: shared[name], __useDefault: true, ...shared[name] });
  const { plugin } = await System.import(url);
  plugin.meta = { ...plugin.meta, id: 'presage-forecast-panel', name: 'Presage Forecast' };
  return plugin;
}
