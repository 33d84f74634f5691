import { createHash } from 'node:crypto';
import type { Watch } from '../watch/watch.ts';
import { seriesStates } from '../watch/watched-series.ts';
import type { Served, WatchHealth } from './served.ts';

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding: .4rem .6rem; text-align: left; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
code { font-size: .85em; overflow-wrap: anywhere; }
.fault { font-weight: 600; }
`;

/** Content-Security-Policy of the overview: its own style, by its hash, and nothing else. */
export const overviewPolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The overview at `/`: every watch with what it follows and how it is doing. Works without scripts. */
export function overviewPage(served: Served): string {
  const rows = served.watches.map(({ watch, health }) => watchRow(watch, health)).join('');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Presage</title>
<style>${style}</style>
</head>
<body>
<h1>Presage</h1>
<p>Version ${escape(served.version)}. <a href="/metrics">Metrics</a>, <a href="/api/v1/watches">watches as JSON</a>,
<a href="/-/ready">readiness</a>.</p>
<table>
<caption>Watches</caption>
<thead><tr><th scope="col">Watch</th><th scope="col">Expression</th>${seriesStates.map((state) => `<th scope="col" class="number">${state}</th>`).join('')}<th scope="col" class="number">anomalous</th><th scope="col">Source</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
</body>
</html>
`;
}

function watchRow(watch: Watch, health: WatchHealth): string {
  const all = [...watch.series.values()];
  const counts = seriesStates.map((state) => all.filter((series) => watch.stateOf(series) === state).length);
  const anomalous = all.filter((series) => series.score > 1 && watch.stateOf(series) !== 'stale').length;
  const { name, expr } = watch.settings;
  return `<tr><th scope="row"><a href="/api/v1/series/${encodeURIComponent(name)}">${escape(name)}</a></th><td><code>${escape(expr)}</code></td>${[
    ...counts,
    anomalous,
  ]
    .map((count) => `<td class="number">${count}</td>`)
    .join('')}<td>${source(health)}</td></tr>\n`;
}

function source(health: WatchHealth): string {
  if (health.up === undefined) return 'not asked yet';
  return health.up ? 'answers' : `<span class="fault">fails:</span> ${escape(health.fault ?? '')}`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}
