import { formatDuration } from '@presage/service/duration.ts';
import type { Recommendation } from './right-size.ts';
import type { Unit, Usage } from './usage.ts';

/** Recommendations as lines for people, host by host: what, why, and what is saved or risked. */
export function rightSizeText(recommendations: readonly Recommendation[], target: number): string {
  const hosts = [...new Set(recommendations.map(({ host }) => host))];
  return hosts
    .map((host) => {
      const own = recommendations.filter((one) => one.host === host);
      const changes = own.filter(({ action }) => action !== 'keep');
      const kept = own.length - changes.length;
      const rest = kept === 0 ? [] : [`  ${kept === own.length ? 'keep all' : 'keep the rest'}: ${kept} of ${own.length} fit`];
      return [host, ...changes.flatMap((one) => linesOf(one, target)), ...rest].join('\n');
    })
    .join('\n\n');
}

function linesOf(one: Recommendation, target: number): readonly string[] {
  const { action, watch, part, capacity, factor } = one;
  const change = capacity
    ? `${amount(capacity.now, capacity.unit)} → ${amount(capacity.wanted, capacity.unit)}`
    : `to ${percent(factor)} of what it has`;
  return [
    `  ${action} ${watch}${part === '' ? '' : ` ${part}`}: ${change}`,
    `    why: ${whyOf(one.usage, target)}`,
    `    ${effectOf(one)}`,
  ];
}

/** What speaks for it, with the numbers. */
export function whyOf(usage: Usage, target: number): string {
  const { history, forecast, noForecast, capacity } = usage;
  const of = (share: number): string =>
    capacity ? `${percent(share)} (${amount(share * capacity.value, capacity.unit)})` : percent(share);
  const parts = [`97.5 % of the last ${days(history.span)} stayed below ${of(history.usual)}, the highest was ${of(history.highest)}`];
  if (history.week) parts.push(`the busiest hour of the week is ${hourText(history.week.time)} with ${percent(history.week.mean)}`);
  if (forecast)
    parts.push(
      `with ${percent(forecast.level)} certainty no moment of the next ${formatDuration(forecast.horizon)} passes ${of(forecast.peak)}`,
    );
  else parts.push(`no forecast is counted on: ${noForecast ?? 'there is none'}`);
  parts.push(`the peak shall take ${percent(Math.min(target, usage.limit.value))}`);
  return parts.join('; ');
}

function effectOf({ action, saving, capacity, risk, timeToLimit, usage, peak }: Recommendation): string {
  const { name, value } = usage.limit;
  if (action === 'shrink') {
    const freed = capacity ? `${amount(capacity.now - capacity.wanted, capacity.unit)}, ` : '';
    return `saving: ${freed}${percent(saving)} of it`;
  }
  if (timeToLimit !== null)
    return `risk: passes its limit "${name}" (${percent(value)}) in about ${formatDuration(Math.max(60, 60 * Math.round(timeToLimit / 60)))}, with a chance of ${percent(risk ?? 0)} within the horizon; or find what fills it`;
  return `risk: at its peak of ${percent(peak)} little is left to the limit "${name}" (${percent(value)})${risk === null ? '' : `, which it passes within the horizon with a chance of ${percent(risk)}`}`;
}

const GIBI = 2 ** 30;

function amount(value: number, unit: Unit): string {
  if (unit === 'cores') return `${round(value)} ${value === 1 ? 'core' : 'cores'}`;
  return value >= 1024 * GIBI ? `${round(value / GIBI / 1024)} TiB` : `${round(value / GIBI)} GiB`;
}

const round = (value: number): string => String(value >= 100 ? Math.round(value) : Number(value.toFixed(1)));
const percent = (share: number): string => `${round(share * 100)} %`;
const days = (span: number): string =>
  span < 2 * 86_400 ? formatDuration(3600 * Math.round(span / 3600)) : `${Math.round(span / 86_400)} days`;

/** `Tuesday 14:00 UTC`. */
function hourText(time: number): string {
  const date = new Date(time * 1000);
  return `${WEEKDAYS[date.getUTCDay()]} ${String(date.getUTCHours()).padStart(2, '0')}:00 UTC`;
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
