import { formatDuration } from '@presage/service/duration.ts';
import type { Explanation } from '../watch/explanation.ts';

type Compared = NonNullable<Explanation['compared']>;

/** An explanation as lines for people, tables aligned for a fixed width of letters. */
export function explanationText(explanation: Explanation): string {
  const { watch, labels, state, because, samples, newest, model, lastFit, skill, compared } = explanation;
  const named = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const lines = [
    `${watch}{${named.join(', ')}}: ${state}${because === null ? '' : ` (${because})`}`,
    `  newest value  ${plain(newest.value)} at ${instant(newest.time)}, anomaly score ${plain(newest.score)}`,
    `  history       ${samples.held} of at most ${samples.most} values, one every ${formatDuration(samples.step)}`,
    `  model         ${model === null ? 'none yet' : `${model}, last fitted at ${instant(lastFit)}`}`,
    `  skill         ${percent(skill.live)} less loss than seasonal naive of late, ${percent(skill.backtest)} in backtests`,
    `  seasons       ${explanation.seasons.map(({ name, span }) => `${name} (${formatDuration(span)})`).join(', ') || 'none'}`,
    ...rampLines(explanation),
    ...(compared === null ? [] : ['', ...modelLines(compared)]),
    '',
    ...bandLines(explanation),
    ...limitLines(explanation),
  ];
  return `${lines.join('\n')}\n`;
}

function rampLines({ ramp }: Explanation): string[] {
  if (ramp === null) return [];
  return [`  on its way    since ${instant(ramp.since)} by ${plain(ramp.perHour)} an hour, as never before: the forecast follows it`];
}

/** A row a model: its loss as a share of seasonal naive's, and its weight, at each lead. */
function modelLines({ at, origins, leads }: Compared): string[] {
  const names = leads[0]?.models.map(({ name }) => name) ?? [];
  const naive = leads.map(({ models }) => models.find(({ name }) => name === 'seasonal-naive')?.loss ?? null);
  const ratio = (loss: number | null, i: number): string => (loss === null || !naive[i] ? '–' : (loss / naive[i]).toFixed(2));
  const head = ['models', ...leads.map(({ until }) => (until === null ? 'beyond' : `to ${formatDuration(until)}`))];
  const rows = names.map((name) => [
    name,
    ...leads.map(({ models }, i) => {
      const one = models.find((model) => model.name === name);
      return `${ratio(one?.loss ?? null, i)} ${share(one?.weight ?? null).padStart(5)}`;
    }),
  ]);
  const issued = ['what was issued', ...leads.map(({ loss }, i) => `${ratio(loss, i)}      `)];
  const compared = ['origins compared', ...leads.map((lead) => `${lead.origins}`)];
  const note = `  loss against seasonal naive (below 1 is better) and weight; compared at ${origins} origins, last ${instant(at)}`;
  return [...table([head, ...rows, issued, compared]), note];
}

function bandLines({ bands, compared }: Explanation): string[] {
  const leads = compared?.leads ?? [];
  const head = [
    'bands',
    'inside of late',
    'in backtests',
    ...leads.map(({ until }) => (until === null ? 'beyond' : `to ${formatDuration(until)}`)),
  ];
  const rows = bands.map(({ level, live, backtest }, i) => [
    share(level),
    share(live),
    share(backtest),
    ...leads.map((lead) => `${share(lead.bands[i].coverage)} ×${(lead.bands[i].widenedBy ?? NaN).toFixed(2)}`),
  ]);
  const note = leads.length > 0 ? ['  share of values inside; at each lead in backtests, and by what the band is widened'] : [];
  return [...table([head, ...rows]), ...note];
}

function limitLines({ limits }: Explanation): string[] {
  if (limits.length === 0) return [];
  const rows = limits.map(({ name, side, value, times, chances }) => [
    `${name} (${side} ${plain(value)})`,
    ...times.map(({ seconds }) => (seconds === null ? '–' : formatDuration(60 * Math.round(seconds / 60)))),
    ...chances.map(({ probability }) => share(probability)),
  ]);
  const head = [
    'limits',
    ...limits[0].times.map(({ quantile }) => `${share(quantile)} by`),
    ...limits[0].chances.map(({ within }) => `within ${formatDuration(within)}`),
  ];
  return [
    '',
    ...table([head, ...rows]),
    '  time by which it is passed with that chance (–: not within the horizon), and chance to pass it',
  ];
}

/** Columns padded to their widest cell; the first to the left, the others to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  ')}`.trimEnd(),
  );
}

function plain(value: number | null): string {
  return value === null ? '–' : String(Number(value.toPrecision(4)));
}

function percent(value: number | null): string {
  return value === null ? '–' : `${(100 * value).toFixed(0)} %`;
}

function share(value: number | null): string {
  return value === null ? '–' : `${Number((100 * value).toFixed(1))} %`;
}

function instant(time: number | null): string {
  return time === null ? '–' : new Date(1000 * time).toISOString().replace('.000', '');
}
