import { labelText } from '@presage/service/exposition.ts';
import { errorText, type Logger } from '@presage/service/log.ts';
import { NoData, type Collect } from '../collectors/collector.ts';
import { nextScrape, type Host } from '../host/host.ts';
import { deadlineIn, type Deadline } from './deadline.ts';
import { createExpositionWriter, type Exposition, type ExpositionWriter } from './exposition.ts';
import { Sink } from './sink.ts';

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
  /** Several things were waited for, of which one failed: another may still write to the sink. */
  mayGoOn: boolean;
  /** It ran out of time; what it still says is not heard. */
  abandoned: boolean;
}

/** A runner over started collectors; the order is kept, so that of two collectors with the same series the earlier wins. */
export function createRunner(host: Host, collectors: readonly StartedCollector[], log: Logger): Runner {
  const underway = new Map<string, Promise<Exposition>>();
  const parts: Parts = { host, report: failureLog(log), places: new Map(), writer: createExpositionWriter() };
  return {
    names: collectors.map(({ name }) => name),
    scrape(seconds, names) {
      const chosen = names === undefined ? collectors : collectors.filter(({ name }) => names.includes(name));
      const key = `${seconds} ${chosen.map(({ name }) => name).join()}`;
      const same = underway.get(key);
      if (same !== undefined) return same;
      const answer = run(parts, chosen, seconds).finally(() => underway.delete(key));
      underway.set(key, answer);
      return answer;
    },
  };
}

type Report = (name: string, error: unknown) => void;

/** What a runner keeps from scrape to scrape. */
interface Parts {
  readonly host: Host;
  readonly report: Report;
  /** By collector; the empty name is that of the runner's own. Places stay, as a map that changes makes garbage that lives long. */
  readonly places: Map<string, SinkPlace>;
  readonly writer: ExpositionWriter;
}

/** Where a collector's sink waits for the next scrape; while one is under way, no other has it. */
interface SinkPlace {
  idle: Sink | undefined;
}

function placeOf(places: Map<string, SinkPlace>, name: string): SinkPlace {
  let place = places.get(name);
  if (place === undefined) {
    place = { idle: undefined };
    places.set(name, place);
  }
  return place;
}

/** The sink that the collector wrote to before, or a new one. */
function takeSink(places: Map<string, SinkPlace>, name: string): Sink {
  const place = placeOf(places, name);
  const sink = place.idle ?? new Sink();
  place.idle = undefined;
  sink.begin();
  return sink;
}

async function run(parts: Parts, chosen: readonly StartedCollector[], seconds: number): Promise<Exposition> {
  nextScrape(parts.host);
  const deadline = deadlineIn(seconds);
  const outcomes: Outcome[] = [];
  const waiting: Promise<void>[] = [];
  for (const collector of chosen) {
    const outcome: Outcome = { name: collector.name, sink: undefined, success: false, duration: 0, mayGoOn: false, abandoned: false };
    outcomes.push(outcome);
    const pending = runOne(parts, collector, outcome, deadline);
    if (pending !== undefined) waiting.push(pending);
  }
  if (waiting.length > 0) await atMost(Promise.all(waiting), deadline.remaining());
  for (const outcome of outcomes) abandon(outcome, seconds, parts.report);
  const own = takeSink(parts.places, '');
  writeOutcomes(own, outcomes);
  const exposition = parts.writer.write([...outcomes.flatMap(({ sink }) => sink ?? []), own]);
  placeOf(parts.places, '').idle = own;
  for (const { name, sink, mayGoOn } of outcomes) if (sink !== undefined && !mayGoOn) placeOf(parts.places, name).idle = sink;
  return exposition;
}

function runOne(parts: Parts, collector: StartedCollector, outcome: Outcome, deadline: Deadline): Promise<void> | undefined {
  if (deadline.remaining() === 0) return undefined;
  const sink = takeSink(parts.places, collector.name);
  const begun = performance.now();
  const end = (error?: unknown) => {
    if (outcome.abandoned) return;
    outcome.duration = (performance.now() - begun) / 1000;
    outcome.success = error === undefined;
    outcome.sink = sink;
    parts.report(collector.name, error);
  };
  try {
    const pending = collector.collect(parts.host, sink, deadline);
    if (pending !== undefined)
      return pending.then(
        () => end(),
        (error: unknown) => {
          outcome.mayGoOn = true;
          end(error);
        },
      );
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

function writeOutcomes(sink: Sink, outcomes: readonly Outcome[]): void {
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
