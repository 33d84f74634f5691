import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { SeriesView } from '../../../grafana-plugin/src/model/readModel.ts';
import { readAt } from '../../../grafana-plugin/src/model/reading.ts';
import { timeText } from './clock.ts';
import type { Unit } from './unit.ts';

interface Props {
  readonly series: readonly SeriesView[];
  /** Milliseconds. */
  readonly now: number;
  readonly until: number;
  readonly unit: Unit;
  readonly title: string;
}

const rows = 12;

/** The forecast in numbers, for those who do not see the chart and those who want to copy it. Made when it is opened. */
export const ForecastTable = ({ series, now, until, unit, title }: Props): JSX.Element => {
  const [open, setOpen] = useState(false);
  const times = Array.from({ length: rows + 1 }, (_, row) => now + ((until - now) * row) / rows);
  const band = (one: SeriesView, time: number): string => {
    const widest = readAt(one, time).bands[0];
    return widest === undefined ? '–' : `${unit.text(widest.lower)} – ${unit.text(widest.upper)}`;
  };
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Forecast as a table</summary>
      {open && (
        <div class="scrolls">
          <table>
            <caption class="spoken">Forecast of {title}</caption>
            <thead>
              <tr>
                <th scope="col">Time</th>
                {series.map((one) => [
                  <th key={one.id} scope="col" class="number">
                    {one.title}
                  </th>,
                  <th key={`${one.id} band`} scope="col" class="number">
                    95 % lie in
                  </th>,
                ])}
              </tr>
            </thead>
            <tbody>
              {times.map((time) => (
                <tr key={time}>
                  <th scope="row">{timeText(time, false)}</th>
                  {series.map((one) => {
                    const { expected } = readAt(one, time);
                    return [
                      <td key={one.id} class="number">
                        {Number.isNaN(expected) ? '–' : unit.text(expected)}
                      </td>,
                      <td key={`${one.id} band`} class="number">
                        {band(one, time)}
                      </td>,
                    ];
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
};
