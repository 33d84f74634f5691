import type { JSX } from 'preact';
import { firstBreach, type PanelModel, type SeriesView } from '../../../grafana-plugin/src/model/readModel.ts';
import { lastValid, valueAt } from '../../../grafana-plugin/src/model/track.ts';
import type { ChartAnswer } from '../../../ml-sidecar/src/serve/answers.ts';
import { scoreText, StateChip } from '../view/words.tsx';
import { spanText } from './clock.ts';
import type { Unit } from './unit.ts';

interface Props {
  readonly model: PanelModel;
  readonly answer: ChartAnswer;
  readonly unit: Unit;
  readonly clock: (time: number) => string;
  readonly toggle: (key: string) => void;
}

/** A row a series: a button that shows or hides it, its newest value, where it will be, its score and the first limit. */
export const Legend = ({ model, answer, unit, clock, toggle }: Props): JSX.Element => {
  const ahead = Math.min(answer.horizon, 6 * 3600);
  const byKey = new Map(answer.series.map((series) => [series.key, series]));
  // Of one series the headline has said it.
  const hasLimits = answer.limits.length > 0 && answer.series.length > 1;
  return (
    <div class="scrolls">
      <table class="legend">
        <thead>
          <tr>
            <th scope="col">Series</th>
            <th scope="col" class="number">
              Now
            </th>
            <th scope="col" class="number">
              In {spanText(ahead)}
            </th>
            <th scope="col" class="number">
              Score
            </th>
            {hasLimits && <th scope="col">First limit</th>}
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {model.series.map((one) => {
            const series = byKey.get(one.lead.refId);
            return (
              <tr key={one.id}>
                <th scope="row">
                  <button type="button" class="series" aria-pressed={!one.lead.hidden} onClick={() => toggle(one.lead.refId)}>
                    <span class={one.lead.hidden ? 'swatch off' : 'swatch'} style={{ background: one.color }} />
                    {one.title}
                  </button>
                </th>
                <td class="number">{newest(one, unit)}</td>
                <td class="number">{orNothing(valueAt(one.median, model.now + ahead * 1000), unit)}</td>
                <td class="number">{series && scoreText(series.score, series.direction)}</td>
                {hasLimits && <td>{breachText(one, clock)}</td>}
                <td>{series && <StateChip state={series.state} />}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
};

function newest({ actual }: SeriesView, unit: Unit): string {
  const last = lastValid(actual);
  return last < 0 ? '–' : unit.text(actual.values[last] ?? NaN);
}

function orNothing(value: number, unit: Unit): string {
  return Number.isNaN(value) ? '–' : unit.text(value);
}

function breachText(series: SeriesView, clock: (time: number) => string): string {
  const breach = firstBreach(series);
  if (breach === null) return 'none in sight';
  const at = breach.median ?? breach.from;
  return breach.passed ? 'passed' : at === null ? 'none in sight' : `${breach.median === null ? 'from ' : ''}${clock(at)}`;
}
