import { labelText } from '@presage/service/exposition.ts';
import { errorText, type Logger } from '@presage/service/log.ts';
import { NoData, type Collect } from '../collectors/collector.ts';
import { nextScrape, type Host } from '../host/host.ts';
import { deadlineIn, type Deadline } from './deadline.ts';
import { Sink, writeSinks, type Exposition } from './sink.ts';

/** A collector that was started and is run at each scrape. */
export interface StartedCollector {
  readonly name: string;
  readonly collect: Collect;
}

/** Scrapes a host. */
export interface Runner {
  /** Names of the collectors that are on. */
  readonly names: readonly string[];
  /**
   * Runs the collectors (all, or those named) for at most `seconds`. What has not ended by then gets success 0 and no samples. A
   * second scrape with the same collectors and seconds while one is under way gets the answer of the first.
   */
  scrape(seconds: number, names?: readonly string[]): Promise<Exposition>;
}

interface Outcome {
  readonly name: string;
  sink: Sink | undefined;
  success: boolean;
  /** Seconds. */
  duration: number;
  /** It ran out of time; what it still says is not heard. */
  abandoned: boolean;
}

/** A runner over started collectors; the order is kept, so that of two collectors with the same series the earlier wins. */
export function createRunner(host: Host, collectors: readonly StartedCollector[], log: Logger): Runner {
  const underway = new Map<string, Promise<Exposition>>();
  const report = failureLog(log);
  return {
    names: collectors.map(({ name }) => name),
    scrape(seconds, names) {
      const chosen = names === undefined ? collectors : collectors.filter(({ name }) => names.includes(name));
      const key = `${seconds} ${chosen.map(({ name }) => name).join()}`;
      const same = underway.get(key);
      if (same !== undefined) return same;
      const answer = run(host, chosen, seconds, report).finally(() => underway.delete(key));
      underway.set(key, answer);
      return answer;
    },
  };
}

type Report = (name: string, error: unknown) => void;

async function run(host: Host, chosen: readonly StartedCollector[], seconds: number, report: Report): Promise<Exposition> {
  nextScrape(host);
  const deadline = deadlineIn(seconds);
  const outcomes: Outcome[] = [];
  const waiting: Promise<void>[] = [];
  for (const collector of chosen) {
    const outcome: Outcome = { name: collector.name, sink: undefined, success: false, duration: 0, abandoned: false };
    outcomes.push(outcome);
    const pending = runOne(host, collector, outcome, deadline, report);
    if (pending !== undefined) waiting.push(pending);
  }
  if (waiting.length > 0) await atMost(Promise.all(waiting), deadline.remaining());
  for (const outcome of outcomes) abandon(outcome, seconds, report);
  return writeSinks([...outcomes.flatMap(({ sink }) => sink ?? []), scrapeSink(outcomes)]);
}

function runOne(host: Host, collector: StartedCollector, outcome: Outcome, deadline: Deadline, report: Report): Promise<void> | undefined {
  if (deadline.remaining() === 0) return undefined;
  const sink = new Sink();
  const begun = performance.now();
  const end = (error?: unknown) => {
    if (outcome.abandoned) return;
    outcome.duration = (performance.now() - begun) / 1000;
    outcome.success = error === undefined;
    outcome.sink = sink;
    report(collector.name, error);
  };
  try {
    const pending = collector.collect(host, sink, deadline);
    if (pending !== undefined) return pending.then(() => end(), end);
    end();
  } catch (error) {
    end(error ?? new Error('unknown'));
  }
  return undefined;
}

/** What has not ended when the time is up: its later writes go to a sink that nobody reads. */
function abandon(outcome: Outcome, seconds: number, report: Report): void {
  if (outcome.sink !== undefined) return;
  outcome.abandoned = true;
  outcome.duration = seconds;
  report(outcome.name, new Error(`no answer within ${seconds} s`));
}

/** Logs one line when a collector begins to fail or fails otherwise than before, not one for each scrape. */
function failureLog(log: Logger): Report {
  const failing = new Map<string, string>();
  return (name, error) => {
    if (error === undefined) {
      if (failing.delete(name)) log.info('collector works again', { collector: name });
      return;
    }
    const text = errorText(error);
    if (failing.get(name) === text) return;
    failing.set(name, text);
    if (error instanceof NoData || isAbsent(error)) log.debug('collector found no data', { collector: name, err: text });
    else log.warn('collector failed', { collector: name, err: text });
  };
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

const durationLabels = new Map<string, string>();

function scrapeSink(outcomes: readonly Outcome[]): Sink {
  const sink = new Sink();
  const durations = sink.gauge('node_scrape_collector_duration_seconds', 'Time that the collector took in this scrape, in seconds.');
  const successes = sink.gauge('node_scrape_collector_success', '1 where the collector could tell what it is for.');
  for (const { name, duration, success } of outcomes) {
    let labels = durationLabels.get(name);
    if (labels === undefined) {
      labels = labelText({ collector: name });
      durationLabels.set(name, labels);
    }
    durations.add(duration, labels);
    successes.add(success ? 1 : 0, labels);
  }
  return sink;
}

/** Waits for the work, but no longer than `seconds`. */
async function atMost(work: Promise<unknown>, seconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
