import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { BacktestAnswer, DryRunAnswer } from '../../../ml-sidecar/src/serve/answers.ts';
import { timeText } from '../chart/clock.ts';
import { seriesTitles } from '../chart/titles.ts';
import { unitOf, type Unit } from '../chart/unit.ts';
import { WatchChart } from '../chart/WatchChart.tsx';
import type { Page } from '../page.ts';
import { Message } from './Message.tsx';
import { Spans } from './Spans.tsx';
import { shareText } from './words.tsx';

/** What a dry run gave: the chart, how forecasts would have done, and the lines for the configuration file. */
export const DryRunResult = ({ page, answer }: { page: Page; answer: DryRunAnswer }): JSX.Element => {
  const { chart, found, seconds, readSeconds } = answer;
  const left = found - chart.series.length;
  return (
    <>
      <div class="card">
        <div class="heading">
          <h2>{chart.watch}</h2>
          <Spans page={page} />
        </div>
        {chart.series.length === 0 ? (
          <Message
            title="The expression gives no series"
            lines={[`Prometheus understood it and found nothing in the last ${daysText(chart.history)}. Are the names and labels right?`]}
          />
        ) : (
          <>
            <p class="weak">
              {found === 1 ? 'One series' : `${found} series`} read in {readSeconds.toFixed(1)} s, {seconds.toFixed(1)} s in all.
              {left > 0 && ` The first ${chart.series.length} are shown.`}
            </p>
            <WatchChart page={page} answer={chart} title={chart.watch} height={300} />
          </>
        )}
      </div>
      {chart.series.length > 0 && <Backtest answer={answer} unit={unitOf(chart)} />}
      <Yaml text={answer.yaml} />
    </>
  );
};

function daysText(seconds: number): string {
  return seconds >= 2 * 86_400 ? `${Math.round(seconds / 86_400)} days` : `${Math.round(seconds / 3600)} hours`;
}

const Backtest = ({ answer, unit }: { answer: DryRunAnswer; unit: Unit }): JSX.Element => {
  const titles = seriesTitles(
    answer.backtest.map(({ labels }) => labels),
    answer.chart.watch,
  );
  const hasAny = answer.backtest.some(({ origins }) => origins.length > 0);
  return (
    <div class="card scrolls" tabIndex={0} role="region" aria-label="Backtest">
      <h2>How it would have done</h2>
      {hasAny ? (
        <>
          <p class="weak">
            Forecasts made at earlier moments, blind to what came after, against what came. The bands keep their promise where the shares
            come near 80 and 95 %.
          </p>
          <table>
            <thead>
              <tr>
                <th scope="col">Series</th>
                <th scope="col">Forecast made at</th>
                <th scope="col" class="number">
                  Mean miss
                </th>
                <th scope="col" class="number">
                  Better than seasonal naive by
                </th>
                <th scope="col" class="number">
                  Inside the 80 % band
                </th>
                <th scope="col" class="number">
                  Inside the 95 % band
                </th>
              </tr>
            </thead>
            <tbody>
              {answer.backtest.map((one, place) => (
                <Origins key={JSON.stringify(one.labels)} title={titles[place] ?? ''} origins={one.origins} unit={unit} />
              ))}
            </tbody>
          </table>
        </>
      ) : (
        <p class="weak">There is too little history to hold any of it back. Give it a longer history or wait.</p>
      )}
    </div>
  );
};

const Origins = ({ title, origins, unit }: { title: string; origins: BacktestAnswer['origins']; unit: Unit }): JSX.Element => (
  <>
    {origins.map((one) => (
      <tr key={one.time}>
        <th scope="row">{title}</th>
        <td>{timeText(one.time * 1000, false)}</td>
        <td class="number">{unit.text(one.meanMiss)}</td>
        <td class="number">{shareText(one.skill)}</td>
        <td class="number">{shareText(one.inside80)}</td>
        <td class="number">{shareText(one.inside95)}</td>
      </tr>
    ))}
  </>
);

/** The lines to paste into the configuration, with what takes them there. */
const Yaml = ({ text }: { text: string }): JSX.Element => {
  const lines = useRef<HTMLPreElement>(null);
  const [said, setSaid] = useState('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('Copied.');
    } catch {
      // Browsers keep the clipboard from pages without TLS.
      if (lines.current !== null) getSelection()?.selectAllChildren(lines.current);
      setSaid('Marked: copy it with Ctrl+C.');
    }
  };
  const save = (): void => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
    link.download = 'presage-watch.yml';
    link.click();
    URL.revokeObjectURL(link.href);
    setSaid('Saved as presage-watch.yml.');
  };
  return (
    <div class="card">
      <h2>For the configuration</h2>
      <p class="weak">Add this entry to the watches in presage.yml. The dry run itself has changed nothing.</p>
      <pre class="yaml" ref={lines}>
        {text}
      </pre>
      <div class="buttons">
        <button type="button" onClick={() => void copy()}>
          Copy
        </button>
        <button type="button" onClick={save}>
          Save as a file
        </button>
        <span role="status">{said}</span>
      </div>
    </div>
  );
};
