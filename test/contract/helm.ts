import {
  createEngine,
  type FuncMap,
  sprigConversions,
  sprigDefaults,
  sprigDicts,
  sprigFlow,
  sprigHash,
  sprigLists,
  sprigMath,
  sprigStrings,
  sprigTypes,
} from '@promptctl/go-template-js';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';

/** A rendered Kubernetes object. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
}

/** What a chart renders to: its objects, and the text for whoever installs it. */
export interface Rendered {
  readonly manifests: readonly Manifest[];
  readonly notes: string;
}

type Values = Readonly<Record<string, unknown>>;

/** The values of a chart with those of a user over them, merged as Helm does: maps key by key, anything else as a whole. */
export function valuesOf(chart: string, own: Values): Values {
  const base: Values = parse(readFileSync(join(chart, 'values.yaml'), 'utf8'));
  return mergeValues(base, own);
}

/**
 * Renders a chart as `helm template presage` does, for the functions that this chart uses. Objects come in the order of their files.
 * Throws what the template engine throws, with file and place.
 */
export function renderChart(chart: string, own: Values, release = { name: 'presage', namespace: 'monitoring' }): Rendered {
  const { name, version, appVersion }: { name: string; version: string; appVersion: string } = parse(
    readFileSync(join(chart, 'Chart.yaml'), 'utf8'),
  );
  const context = {
    Values: valuesOf(chart, own),
    Chart: { Name: name, Version: version, AppVersion: appVersion },
    Release: { Name: release.name, Namespace: release.namespace, Service: 'Helm' },
    Files: {},
  };
  const files = readdirSync(join(chart, 'templates')).sort();
  const helpers = files.filter((file) => file.endsWith('.tpl')).map((file) => textOf(chart, file));
  const engine = createEngine<string>({ fromString: (text) => text, funcs: functionsOf(chart) });
  const shared = engine.parse(helpers.join('\n')).defines();
  const render = (source: string, data: unknown = context): string => engine.parse(source, shared).evaluate(data).join('');
  const texts = files.filter((file) => file.endsWith('.yaml')).map((file) => render(textOf(chart, file)));
  const manifests = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS({ maxAliasCount: 0 })));
  return { manifests: manifests.filter((each) => each !== null), notes: render(textOf(chart, 'NOTES.txt')) };

  function functionsOf(folder: string): FuncMap {
    return {
      ...sprigDefaults(),
      ...sprigStrings(),
      ...sprigLists(),
      ...sprigDicts(),
      ...sprigMath(),
      ...sprigTypes(),
      ...sprigConversions(),
      ...sprigFlow(),
      ...sprigHash(),
      include: {
        fn: (template: unknown, data: unknown) => render(`{{ template ${JSON.stringify(template)} . }}`, data),
        argTypes: ['string', 'value'],
      },
      toYaml: { fn: (data: unknown) => stringify(data, { lineWidth: 0 }).trimEnd(), argTypes: ['value'] },
      base: { fn: (path: unknown) => basename(String(path)), argTypes: ['string'] },
      filesGet: { fn: (path: unknown) => readFileSync(join(folder, String(path)), 'utf8'), argTypes: ['string'] },
      filesGlob: { fn: (pattern: unknown) => glob(folder, String(pattern)), argTypes: ['string'] },
    };
  }
}

/** The engine has no methods with arguments; these two of Helm's are functions here. */
const textOf = (chart: string, file: string): string =>
  readFileSync(join(chart, 'templates', file), 'utf8').replaceAll(/\$?\.Files\.(Get|Glob) /g, 'files$1 ');

/** Files of one folder by their ending, as in `files/rules/*.yml`. */
function glob(folder: string, pattern: string): Readonly<Record<string, string>> {
  const [within = '', ending = ''] = pattern.split('*');
  const files = readdirSync(join(folder, within)).filter((file) => file.endsWith(ending));
  return Object.fromEntries(files.map((file) => [`${within}${file}`, '']));
}

function mergeValues(base: Values, own: Values): Values {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(own)) {
    const below = merged[key];
    merged[key] = isMap(below) && isMap(value) ? mergeValues(below, value) : value;
  }
  return merged;
}

function isMap(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
