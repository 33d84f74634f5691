import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { clockText } from '../chart/clock.ts';
import { seriesTitles } from '../chart/titles.ts';
import type { Unit } from '../chart/unit.ts';
import { api, type SeriesAnswer } from '../data/api.ts';
import { useAnswer } from '../data/useAnswer.ts';
import { Explanation } from './Explanation.tsx';
import { Message } from './Message.tsx';
import { shareText, StateChip } from './words.tsx';

interface Props {
  readonly watch: string;
  readonly series: readonly SeriesAnswer[];
  readonly unit: Unit;
}

/** Series in the table of one watch. */
const mostRows = 200;
const columns = 7;

/** How each series of a watch is forecast and how well that has gone; a row opens to why. */
export const SeriesTable = ({ watch, series, unit }: Props): JSX.Element => {
  const titles = seriesTitles(
    series.map(({ labels }) => labels),
    watch,
  );
  return (
    <div class="card scrolls" tabIndex={0} role="region" aria-label="How each series is forecast">
      <table>
        <thead>
          <tr>
            <th scope="col">Series</th>
            <th scope="col">State</th>
            <th scope="col">Model</th>
            <th scope="col">Last fit</th>
            <th scope="col" class="number">
              Better than seasonal naive by
            </th>
            <th scope="col" class="number">
              Inside the 50, 80, 95 % band
            </th>
            <th scope="col">
              <span class="spoken">Explanation</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {series.slice(0, mostRows).map((one, place) => (
            <Row key={JSON.stringify(one.labels)} watch={watch} one={one} title={titles[place] ?? ''} unit={unit} />
          ))}
        </tbody>
      </table>
      {series.length > mostRows && <p class="weak">and {series.length - mostRows} more</p>}
    </div>
  );
};

const Row = ({ watch, one, title, unit }: { watch: string; one: SeriesAnswer; title: string; unit: Unit }): JSX.Element => {
  const [open, setOpen] = useState(false);
  return (
    <>
      <tr>
        <th scope="row">{title}</th>
        <td>
          <StateChip state={one.state} />
        </td>
        <td>{one.model ?? 'none yet'}</td>
        <td>{one.lastFit === null ? '–' : clockText(one.lastFit * 1000, Date.now())}</td>
        <td class="number">{shareText(one.skill)}</td>
        <td class="number">{Object.values(one.coverage).map(shareText).join(' · ')}</td>
        <td>
          <button type="button" class="plain" aria-expanded={open} onClick={() => setOpen(!open)}>
            Why?<span class="spoken"> {title}</span>
          </button>
        </td>
      </tr>
      {open && (
        <tr>
          <td colSpan={columns}>
            <Why watch={watch} one={one} unit={unit} />
          </td>
        </tr>
      )}
    </>
  );
};

const Why = ({ watch, one, unit }: { watch: string; one: SeriesAnswer; unit: Unit }): JSX.Element => {
  const key = JSON.stringify([watch, one.labels]);
  const { data, fault } = useAnswer(() => api.explanation(watch, one.labels), key, one.lastFit ?? 0);
  const [found] = data ?? [];
  if (found === undefined) return <Message title={fault ?? (data === undefined ? 'Reading …' : 'This series is gone.')} lines={[]} />;
  return <Explanation of={found} unit={unit} />;
};
