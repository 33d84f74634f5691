import { until } from '../end-to-end/started-program.ts';
import type { Trouble } from './fake-prometheus.ts';
import type { PolledRig } from './polled-rig.ts';

/** What the log says of each. */
export const told: Readonly<Record<Trouble, RegExp>> = {
  slow: /no answer within 2 s/,
  flapping: /503/,
  rubbish: /level=warn.*watch cannot be updated/,
  'of another shape': /level=warn.*watch cannot be updated/,
  truncated: /level=warn.*watch cannot be updated/,
  cut: /aborted|socket hang up|closed/,
  'of 100 MB': /the answer is larger than 67108864 bytes/,
};

/** Metrics of which at least one counts it. */
const counters = ['presage_queries_total{watch="m",result="failure"}', 'presage_query_retries_total'];

export interface Struck {
  /** How much the counters rose. */
  readonly counted: number;
  /** What the log said newly, as one text. */
  readonly line: string;
  /** Seconds from the end of the trouble to the next value. */
  readonly recovery: number;
}

/** Lets the server misbehave until it has answered badly so many times, and waits until the sidecar is up to date again. */
export async function strikeTrouble(rig: PolledRig, trouble: Trouble, answers: number): Promise<Struck> {
  const count = async () => (await Promise.all(counters.map((name) => rig.metric(name)))).reduce((a, b) => a + b);
  const [before, said, badly] = [await count(), rig.sidecar.said().length, rig.fake.asked.badly];
  rig.fake.trouble = trouble;
  await until(() => rig.fake.asked.badly >= badly + answers, 60, `${answers} answers that are ${trouble}`);
  rig.fake.trouble = 'none';
  const ended = performance.now();
  const { well } = rig.fake.asked;
  await until(() => rig.fake.asked.well > well, 60, 'a good answer');
  const recovery = (performance.now() - ended) / 1000;
  await until(async () => (await rig.metric('presage_watch_up{watch="m"}')) === 1, 60, 'the watch to be up');
  return { counted: (await count()) - before, line: rig.sidecar.said().slice(said), recovery };
}
