// Takes the pictures of the README and of Grafana's catalogue from a running `npm run demo`, once it has announced its alerts:
// node grafana-plugin/host/dist/screenshots.mjs http://127.0.0.1:9090 (the address of its Prometheus), after build.mjs and bundle.mjs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { findChromium } from '../../stack/src/binaries/chromium.ts';
import { describeMachine } from '../../stack/src/machine.ts';
import { network, processing, storage, type HostWatch } from '../dashboards/watches.ts';
import { promFrame } from './scenes.ts';
import type { Scene, SceneFrame } from './scene.ts';
import { openTheatre } from './stage.ts';

/** One picture: a watch on some of the demo's hosts. */
interface Picture {
  readonly file: string;
  readonly title: string;
  readonly watch: string;
  readonly hosts: readonly string[];
  readonly theme: Scene['theme'];
  /** Hours before and after now. */
  readonly hours: readonly [past: number, future: number];
  readonly options?: Record<string, unknown>;
}

const pictures: readonly Picture[] = [
  { file: 'filling-disk', title: 'Filesystems of demo-db-1', watch: 'filesystem', hosts: ['demo-db-1'], theme: 'dark', hours: [24, 12] },
  { file: 'leak', title: 'Memory of demo-web-2', watch: 'memory', hosts: ['demo-web-2'], theme: 'light', hours: [36, 12] },
  {
    file: 'anomaly',
    title: 'Time of a disk operation on demo-batch-1',
    watch: 'disk-latency',
    hosts: ['demo-batch-1'],
    theme: 'dark',
    hours: [5, 5],
  },
  {
    file: 'multiples',
    title: 'CPU of each host',
    watch: 'cpu',
    hosts: ['demo-web-1', 'demo-web-2', 'demo-db-1', 'demo-batch-1'],
    theme: 'light',
    hours: [24, 24],
    options: { layout: 'multiples' },
  },
];

const [prometheus] = process.argv.slice(2);
if (prometheus === undefined) throw new Error('screenshots: want the address of the Prometheus of a running demo');
const { platform, arch, env } = process;
const chromium = await findChromium(
  describeMachine({ platform, arch, env, userId: process.getuid?.(), temporaryFolder: tmpdir(), say: (line) => console.error(line) }),
);
if ('missing' in chromium) throw new Error(chromium.missing);
const folder = fileURLToPath(new URL('../../src/img/', import.meta.url));
mkdirSync(folder, { recursive: true });
const theatre = await openTheatre(chromium.path);
try {
  const stage = await theatre.open('13.2.2');
  for (const picture of pictures) {
    await stage.show(await sceneOf(prometheus, picture));
    const clip = { x: 0, y: 0, width: 1020, height: 420 };
    writeFileSync(`${folder}${picture.file}.png`, await stage.page.screenshot({ clip }));
    console.log(`grafana-plugin/src/img/${picture.file}.png`);
  }
  if (stage.complaints.length > 0) throw new Error(`the page complains:\n${stage.complaints.join('\n')}`);
} finally {
  await theatre.close();
}

async function sceneOf(address: string, picture: Picture): Promise<Scene> {
  const { title, theme, hours, hosts } = picture;
  const watch = [...processing, ...storage, ...network].find((one) => one.watch === picture.watch);
  if (watch === undefined) throw new Error(`screenshots: no watch ${picture.watch} on the host dashboard`);
  const now = Math.floor(Date.now() / 60_000) * 60_000;
  const [from, to] = [now - hours[0] * 3_600_000, now + hours[1] * 3_600_000];
  const frames = (await Promise.all(hosts.map((host) => framesOf(address, watch, host, hosts.length > 1, { from, to })))).flat();
  return {
    key: picture.file,
    title,
    theme,
    width: 1000,
    height: 400,
    from,
    to,
    now,
    frames,
    options: { legend: { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] }, ...picture.options },
    fieldConfig: { defaults: { unit: watch.unit }, overrides: [] },
  };
}

/** The frames that the host dashboard's panel would be given. */
async function framesOf(
  address: string,
  { watch, expr, legend }: HostWatch,
  host: string,
  byHost: boolean,
  range: { from: number; to: number },
): Promise<SceneFrame[]> {
  const own = `{watch="${watch}",instance="${host}"}`;
  const names = ['forecast', 'anomaly_score', 'anomaly_direction', 'time_to_limit_seconds', 'limit'];
  const exprs = [expr.replaceAll('$instance', host), ...names.map((name) => `presage_${name}${own}`)];
  const answers = await Promise.all(exprs.map((one, index) => asked(address, one, String.fromCodePoint(65 + index), range)));
  const named = (labels: Record<string, string>): string =>
    byHost ? host : legend.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => labels[name] ?? '');
  return answers.flatMap((series, index) =>
    series.map(({ refId, labels, times, values }) => promFrame(refId, labels, times, values, index === 0 ? named(labels) : undefined)),
  );
}

interface Answered {
  readonly refId: string;
  readonly labels: Record<string, string>;
  readonly times: number[];
  readonly values: number[];
}

async function asked(address: string, query: string, refId: string, { from, to }: { from: number; to: number }): Promise<Answered[]> {
  const step = Math.ceil((to - from) / 1000 / 700 / 60) * 60;
  const parameters = new URLSearchParams({ query, start: String(from / 1000), end: String(to / 1000), step: String(step) });
  const response = await fetch(`${address}/api/v1/query_range?${parameters.toString()}`);
  if (!response.ok) throw new Error(`${query}: ${response.status} ${await response.text()}`);
  const answer: { data: { result: { metric: Record<string, string>; values: [number, string][] }[] } } = JSON.parse(await response.text());
  return answer.data.result.map(({ metric, values }) => ({
    refId,
    labels: metric,
    times: values.map(([time]) => time * 1000),
    values: values.map(([, value]) => Number(value.replace('Inf', 'Infinity'))),
  }));
}
