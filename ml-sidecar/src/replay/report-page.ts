import type { Incident } from './incidents.ts';
import type { Verdict } from './judge.ts';
import type { ReplayResult, SeenSeries } from './replay.ts';
import { seriesChart } from './report-chart.ts';
import { escapeHtml, type Axis, axisOf, axisTicks, WIDTH } from './report-axis.ts';
import { dateText, falseAWeek, leadOf, leadText, whereText } from './report.ts';

const LANE = 22;
const MOST_CHARTS = 40;

/** The result as one HTML page that needs nothing else: no script, no other file. */
export function replayPage(result: ReplayResult): string {
  const axis = axisOf(result.from, result.to);
  const places = [...new Set([...result.incidents, ...result.verdicts.flatMap(({ firings }) => firings)].map(placeOf))].sort();
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Presage replay</title>
<style>${style}</style>
</head>
<body>
<h1>Replay</h1>
<p>${dateText(result.from)} to ${dateText(result.to)} (UTC): what each set of rules would have told, walked through as if live.</p>
${summary(result)}
<h2>When</h2>
<p class="legend"><span class="incident-key"></span> what happened <span class="right">●</span> alert that told it <span class="wrong">×</span> alert without a cause</p>
${places.map((place) => timeline(place, result, axis)).join('\n')}
<h2>Series</h2>
${charts(result, axis)}
${incidentTable(result)}
${byRule(result)}
${notReplayed(result)}
</body>
</html>
`;
}

function summary(result: ReplayResult): string {
  const { verdicts, incidents } = result;
  const row = (head: string, cells: readonly string[]): string =>
    `<tr><th scope="row">${head}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  return `<table>
<thead><tr><th></th>${verdicts.map(({ name }) => `<th scope="col">${escapeHtml(name)}</th>`).join('')}</tr></thead>
<tbody>
${row(
  'alerts',
  verdicts.map(({ fired }) => String(fired)),
)}
${row(
  'false',
  verdicts.map(({ wrong }) => String(wrong)),
)}
${row(
  'false a week',
  verdicts.map((one) => falseAWeek(result, one).toFixed(1)),
)}
${row(
  `incidents caught, of ${incidents.length}`,
  verdicts.map(({ caught }) => String(caught)),
)}
${row(
  'missed',
  verdicts.map(({ missed }) => String(missed)),
)}
${row(
  'median lead where it could be foreseen',
  verdicts.map(({ medianLead }) => leadText(medianLead)),
)}
</tbody>
</table>`;
}

/** Right and false firings of each rule, in all and by week. */
function byRule({ from, verdicts }: ReplayResult): string {
  const weeks = verdicts[0]?.weeks.map((_, i) => dateText(from + i * 7 * 86_400).slice(5, 10)) ?? [];
  const rows = verdicts.flatMap(({ name, rules }) =>
    rules.map((rule) => [name, rule.alert, ...[rule, ...rule.weeks].map(({ right, wrong }) => `${right} + ${wrong}`)]),
  );
  return table('By rule and week: right + false', ['set', 'alert', 'in all', ...weeks.map((week) => `week of ${week}`)], rows);
}

/** How long before each incident hurt each set told it. */
function incidentTable({ incidents, verdicts }: ReplayResult): string {
  const rows = incidents.map((one, i) => [
    dateText(one.hurt),
    whereText(one),
    one.kind,
    one.foreseeable ? 'yes' : 'no',
    ...verdicts.map((verdict) => leadOf(verdict, one, i)),
  ]);
  return table('Lead before it hurt', ['hurt (UTC)', 'where', 'what', 'could be foreseen', ...verdicts.map(({ name }) => name)], rows);
}

function notReplayed({ skipped }: ReplayResult): string {
  const rows = skipped.map(({ set, rule, why }) => [set, rule, why]);
  return table('Not replayed', ['set', 'rule', 'why'], rows);
}

/** A titled table; nothing where it has no rows. */
function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const cells = (row: readonly string[]): string => row.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('');
  return `<h2>${title}</h2>
<div class="wide"><table class="rules"><thead><tr>${head.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join('')}</tr></thead>
<tbody>${rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n')}</tbody></table></div>`;
}

/** One place: a lane for what happened, and one for each set of rules. */
function timeline(place: string, { incidents, verdicts }: ReplayResult, axis: Axis): string {
  const here = incidents.filter((one) => placeOf(one) === place);
  const height = LANE * (verdicts.length + 1) + 20;
  const bars = here.map((one) => bar(one, axis)).join('');
  const lanes = verdicts.map(({ name, firings }, lane) => {
    const y = LANE * (lane + 1) + LANE / 2;
    const marks = firings.filter((one) => placeOf(one) === place).map((one) => mark(one, axis.at(one.start), y));
    return `<text class="lane" x="4" y="${y + 4}">${escapeHtml(name)}</text>${marks.join('')}`;
  });
  return `<figure><figcaption>${escapeHtml(place)}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(`${place}: ${here.length} incidents`)}">
${axisTicks(axis, height - 16)}<text class="lane" x="4" y="${LANE / 2 + 4}">happened</text>${bars}${lanes.join('')}
</svg></figure>`;
}

function bar({ kind, hurt, end }: Incident, axis: Axis): string {
  const x = axis.at(hurt);
  return `<rect class="incident" x="${x.toFixed(1)}" y="4" width="${Math.max(3, axis.at(end) - x).toFixed(1)}" height="14"><title>${escapeHtml(kind)}, ${dateText(hurt)}</title></rect>`;
}

function mark(firing: Verdict['firings'][number], x: number, y: number): string {
  const title = `<title>${escapeHtml(firing.alert)}, ${dateText(firing.start)}</title>`;
  const at = x.toFixed(1);
  if (firing.incident >= 0) return `<circle class="right" cx="${at}" cy="${y}" r="5">${title}</circle>`;
  return `<path class="wrong" d="M${x - 4} ${y - 4}l8 8m0 -8l-8 8">${title}</path>`;
}

/** Those series of which an incident or an alert tells. */
function charts({ series, incidents, verdicts }: ReplayResult, axis: Axis): string {
  const firings = verdicts.flatMap((verdict) => verdict.firings.map((firing) => ({ ...firing, set: verdict.name })));
  const told = (seen: SeenSeries): boolean =>
    incidents.some((one) => isAbout(one.labels, seen)) || firings.some((one) => isAbout(one.labels, seen));
  const chosen = series.filter(told);
  const drawn = chosen.slice(0, MOST_CHARTS).map((seen) =>
    seriesChart(
      seen,
      incidents.filter((one) => isAbout(one.labels, seen)),
      firings.filter((one) => isAbout(one.labels, seen)),
      axis,
    ),
  );
  const rest = chosen.length - drawn.length;
  return drawn.join('\n') + (rest > 0 ? `<p>${rest} more series are not drawn.</p>` : '');
}

/** Whether labels speak of a series: the place agrees, and the watch where one is named. */
function isAbout(labels: Readonly<Record<string, string>>, { watch, labels: own }: SeenSeries): boolean {
  if (labels.watch !== undefined && labels.watch !== watch) return false;
  const shared = Object.keys(own).filter((name) => labels[name] !== undefined && name !== 'job');
  return shared.length > 0 && shared.every((name) => labels[name] === own[name]);
}

function placeOf({ labels }: { readonly labels: Readonly<Record<string, string>> }): string {
  return labels.instance ?? labels.host ?? labels.node ?? 'elsewhere';
}

const style = `
:root{color-scheme:light dark;--ink:#1d2330;--paper:#fff;--line:#d5d9e2;--soft:#6a7283;--bad:#b3261e;--good:#1a6fb3;--fill:#f3b54a}
@media (prefers-color-scheme:dark){:root{--ink:#e5e8ef;--paper:#14171e;--line:#343a48;--soft:#98a1b3;--bad:#ff8a80;--good:#7cc0ff;--fill:#a8741c}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:1080px;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0}th,td{padding:.3rem .9rem;border-bottom:1px solid var(--line);text-align:right}
th:first-child,td:first-child,.rules :is(th,td):nth-child(2){text-align:left}th{font-weight:600}
.wide{overflow-x:auto}figure{margin:1rem 0}figcaption{font-weight:600}svg{width:100%;height:auto;display:block}
text{font:11px system-ui,sans-serif;fill:var(--soft)}.lane{fill:var(--ink)}.grid{stroke:var(--line)}
.incident{fill:var(--fill)}.right{fill:var(--good);color:var(--good)}.wrong{stroke:var(--bad);color:var(--bad);stroke-width:2;fill:none}
.value{fill:none;stroke:var(--ink);stroke-width:1.2}.limit{stroke:var(--bad);stroke-dasharray:5 4}
.incident-key{display:inline-block;width:1.4em;height:.8em;background:var(--fill)}`;
