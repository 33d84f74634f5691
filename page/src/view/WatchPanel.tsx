import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ChartAnswer } from '../../../ml-sidecar/src/serve/answers.ts';
import { WatchChart } from '../chart/WatchChart.tsx';
import { api } from '../data/api.ts';
import { hostAddress, watchAddress } from '../data/route.ts';
import { useSignal } from '../data/signal.ts';
import { useAnswer } from '../data/useAnswer.ts';
import type { Page } from '../page.ts';
import { Message } from './Message.tsx';

interface Props {
  readonly page: Page;
  readonly watch: string;
  /** Labels that its series must have. */
  readonly labels: Readonly<Record<string, string>>;
  readonly title: string;
  readonly height: number;
  /** Most series drawn. */
  readonly most?: number;
  /** The labels whose host the heading links to. */
  readonly at?: Readonly<Record<string, string>>;
}

/** A card with the chart of one watch, asked for once it comes near the visible part of the page, and again with every event. */
export const WatchPanel = ({ page, watch, labels, title, height, most = 12, at }: Props): JSX.Element => {
  const card = useRef<HTMLElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (card.current === null) return undefined;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && setSeen(true), { rootMargin: '400px' });
    observer.observe(card.current);
    return () => observer.disconnect();
  }, []);
  const host = at?.['instance'];
  return (
    <article class="card" ref={card} aria-label={title}>
      <h2>
        <a href={host === undefined ? watchAddress(watch) : hostAddress(host)}>{title}</a>
      </h2>
      <div class="chart-place" style={{ minHeight: `${height}px` }}>
        {seen && <Asked page={page} watch={watch} labels={labels} title={title} height={height} most={most} />}
      </div>
    </article>
  );
};

const Asked = ({ page, watch, labels, title, height, most }: Omit<Required<Props>, 'at'>): JSX.Element => {
  const { past, zoom } = useSignal(page.span);
  const { news } = useSignal(page.live);
  const reach = Math.max(past, zoom === null ? 0 : Math.ceil(Date.now() / 1000 - zoom.from / 1000));
  const key = JSON.stringify([watch, labels, most]);
  const { data, fault } = useAnswer(() => api.chart(watch, labels, reach, most), key, (news.get(watch) ?? 0) + reach);
  if (data === undefined) return <Message title={fault ?? 'Reading …'} lines={[]} />;
  if (data.series.length === 0) return <Message title="No series" lines={[`${data.expr} gives nothing here that Presage has seen.`]} />;
  return (
    <>
      {fault && <p class="weak">{fault} This is the last answer.</p>}
      {isLearning(data) && <Learning answer={data} />}
      <WatchChart page={page} answer={data} title={title} height={height} />
    </>
  );
};

function isLearning({ series }: ChartAnswer): boolean {
  return series.every(({ state }) => state === 'learning');
}

const Learning = ({ answer }: { answer: ChartAnswer }): JSX.Element => {
  const hasForecast = answer.series.some(({ forecast }) => forecast.times.length > 0);
  return (
    <p class="weak">
      {hasForecast
        ? 'Still learning: these bands come from a short look at a finer step and are as wide as so little history deserves.'
        : 'Still learning: there are too few values for a forecast yet. It comes by itself.'}
    </p>
  );
};
