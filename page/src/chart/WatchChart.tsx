import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { breachWords, urgency } from '../../../grafana-plugin/src/model/breach.ts';
import { readModel, type SeriesView } from '../../../grafana-plugin/src/model/readModel.ts';
import type { ChartAnswer } from '../../../ml-sidecar/src/serve/answers.ts';
import { useSignal } from '../data/signal.ts';
import type { Page } from '../page.ts';
import { Chart } from './Chart.tsx';
import { clockText } from './clock.ts';
import { ForecastTable } from './ForecastTable.tsx';
import { Legend } from './Legend.tsx';
import { sourcesOf } from './sources.ts';
import { unitOf } from './unit.ts';

interface Props {
  readonly page: Page;
  readonly answer: ChartAnswer;
  /** Whose chart it is, for its title and for screen readers. */
  readonly title: string;
  readonly height: number;
}

/** The chart of one watch with its breach in words, its legend and its values as a table. */
export const WatchChart = ({ page, answer, title, height }: Props): JSX.Element => {
  const theme = useSignal(page.theme);
  const span = useSignal(page.span);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const unit = useMemo(() => unitOf(answer), [answer.expr, answer.bounds[0], answer.bounds[1]]);
  const now = answer.now * 1000;
  const model = useMemo(() => {
    const sources = sourcesOf(answer, unit, theme, hidden);
    return readModel(sources, { shares: [0.5, 0.8, 0.95], threshold: 1 }, now);
  }, [answer, unit, theme, hidden]);
  const shown = useMemo(() => model.series.filter(({ lead }) => !lead.hidden), [model]);
  const range = span.zoom ?? { from: now - span.past * 1000, to: now + Math.min(answer.horizon, span.past) * 1000 };
  const clock = (time: number): string => clockText(time, now);
  const toggle = (key: string): void => {
    const next = new Set(hidden);
    if (!next.delete(key)) next.add(key);
    setHidden(next);
  };
  const context = { now, range, series: shown, annotations: [], theme, showPast: true, showNow: true, showAnomalies: true, clock };
  return (
    <>
      <Headline series={shown} clock={clock} />
      <Chart
        context={context}
        zoom={(zoom) => page.span.set({ ...span, zoom })}
        theme={theme}
        unit={unit}
        bounds={answer.bounds}
        height={height}
        label={`Chart of ${title}`}
      />
      <Legend model={model} answer={answer} unit={unit} clock={clock} toggle={toggle} />
      <ForecastTable series={shown} now={now} until={now + answer.horizon * 1000} unit={unit} title={title} />
      {answer.more > 0 && (
        <p class="weak">
          {answer.more} more series are left out here. <a href={`#/watch/${encodeURIComponent(answer.watch)}`}>All of {answer.watch}</a>
        </p>
      )}
    </>
  );
};

/** The most urgent breach in words; nothing where none is in sight. */
const Headline = ({ series, clock }: { series: readonly SeriesView[]; clock: (time: number) => string }): JSX.Element | null => {
  const all = series.flatMap((one) => one.breaches.map((breach) => ({ one, breach })));
  const [first] = all.sort((a, b) => urgency(a.breach) - urgency(b.breach));
  if (first === undefined) return null;
  return (
    <p class={first.breach.passed ? 'headline passed' : 'headline'}>
      <span aria-hidden="true">{first.breach.passed ? '■' : '⚑'}</span>
      <span>
        {series.length > 1 && `${first.one.title} · `}
        {breachWords(first.breach, clock)}
      </span>
      {all.length > 1 && <span class="weak">and {all.length - 1} more</span>}
    </p>
  );
};
