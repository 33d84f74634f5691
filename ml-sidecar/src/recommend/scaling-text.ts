import { formatDuration } from '@presage/service/duration.ts';
import type { ScalingOptions, ScalingOutcome } from './scaling.ts';

/** A trace that was scaled in both ways. */
export interface ScalingReport {
  readonly series: string;
  /** Unix seconds. */
  readonly from: number;
  readonly to: number;
  readonly options: ScalingOptions;
  readonly quantile: number;
  /** Share of the steps at which the forecast was believed. */
  readonly believed: number;
  readonly reactive: ScalingOutcome;
  readonly predictive: ScalingOutcome;
}

/** Both ways side by side, and the difference. */
export function scalingText(report: ScalingReport): string {
  const { series, from, to, options, quantile, believed, reactive, predictive } = report;
  const { step, perReplica, target, startUp, cooldown } = options;
  const minutes = ({ violations }: ScalingOutcome): number => (violations * step) / 60;
  const row = (what: string, of: (outcome: ScalingOutcome) => number, digits: number, unit = ''): readonly string[] => {
    const [a, b] = [of(reactive), of(predictive)];
    const change =
      a === b ? '±0' : a === 0 ? `+${(b - a).toFixed(digits)}${unit}` : `${b > a ? '+' : '−'}${Math.abs((b / a - 1) * 100).toFixed(0)} %`;
    return [what, a.toFixed(digits) + unit, b.toFixed(digits) + unit, change];
  };
  const rows = [
    ['', 'reactive', 'predictive', 'difference'],
    row('replica-hours', ({ replicaHours }) => replicaHours, 0),
    row('minutes over capacity', minutes, 0),
    row('demand not served', ({ unserved }) => unserved * 100, 3, ' %'),
    row('most replicas', ({ highest }) => highest, 0),
    row('times scaled', ({ changes }) => changes, 0),
  ];
  const widths = [0, 1, 2, 3].map((c) => Math.max(...rows.map((cells) => cells[c].length)));
  return [
    `${series}, ${dateOf(from)} to ${dateOf(to)} (UTC), a value every ${formatDuration(step)}`,
    `a replica serves ${Number(perReplica.toPrecision(4))}, is used to ${Math.round(target * 100)} %, is ready after ${formatDuration(startUp * step)}, and is given up after ${formatDuration(cooldown * step)}`,
    `predictive: the higher of what is seen and the ${quantile} quantile until a new replica serves; believed ${Math.round(believed * 100)} % of the time`,
    '',
    ...rows.map((cells) => cells.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join('  ')),
    '',
    verdictOf(report),
  ].join('\n');
}

/** What follows, in words. */
function verdictOf({ reactive, predictive, believed, options: { step } }: ScalingReport): string {
  if (believed < 0.5) return 'The forecast of this series is seldom believed: scale it by what is seen.';
  const cost = predictive.replicaHours / reactive.replicaHours - 1;
  const spared = ((reactive.violations - predictive.violations) * step) / 60;
  const price = `${cost < 0 ? 'saves' : 'costs'} ${Math.abs(cost * 100).toFixed(1)} % of the replica-hours`;
  if (spared > 0) return `Scaling ahead spares ${spared.toFixed(0)} minutes over capacity and ${price}.`;
  if (spared < 0)
    return `Scaling ahead gives ${(-spared).toFixed(0)} more minutes over capacity and ${price}: what is seen serves better here.`;
  return `Scaling ahead changes nothing in the minutes over capacity and ${price}.`;
}

const dateOf = (time: number): string => new Date(time * 1000).toISOString().slice(0, 16).replace('T', ' ');
