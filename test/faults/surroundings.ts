import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../end-to-end/started-program.ts';
import type { SettableClock } from './clock.ts';
import type { OtherHost } from './network.ts';
import type { PolledRig } from './polled-rig.ts';

/** What a sidecar told of a fault of what it stands on. */
export interface SurroundingsTold {
  /** How much the metric rose. */
  readonly counted: number;
  /** The log line, empty where there is none. */
  readonly line: string;
  /** Seconds from the fault, or from its end where it was ended, to the next value. */
  readonly recovery: number;
}

/** Sets the clock of the sidecar from `before` to `ahead` seconds ahead of the server's, and waits until it has asked for new values and shows how far it is off. */
export async function stepClock(rig: PolledRig, clock: SettableClock, before: number, ahead: number): Promise<SurroundingsTold> {
  const steps = () => rig.metric('presage_clock_steps_total');
  const [counted, said, started] = [await steps(), rig.sidecar.said().length, performance.now()];
  clock.set(ahead);
  await until(async () => (await steps()) > counted, 60, `a step to ${ahead} s to be seen`);
  const { well } = rig.fake.asked;
  await until(() => rig.fake.asked.well >= well + 2, 60, 'values asked for');
  const recovery = (performance.now() - started) / 1000;
  await until(async () => Math.abs((await rig.metric('presage_clock_skew_seconds')) + ahead) < 5, 60, 'the skew to be shown');
  const line = new RegExp(`.*level=warn.*the clock of this host was set.*seconds=${ahead - before}\\b.*`);
  return { counted: (await steps()) - counted, line: lineOf(rig, said, line), recovery };
}

/** Takes the link between the sidecar and its Prometheus down until that is told and `seconds` are over, and waits for the next value. */
export async function cutNetwork(rig: PolledRig, other: OtherHost, seconds: number): Promise<SurroundingsTold> {
  // One that was at its last attempt already is not asked again.
  const counted = async () =>
    (await rig.metric('presage_query_retries_total')) + (await rig.metric('presage_queries_total{watch="m",result="failure"}'));
  // Told once a minute where it is the same as before.
  const line = /.*level=warn.*(asked again|cannot be updated).*(no answer within|ENETUNREACH|EHOSTUNREACH|ECONN).*/;
  const [before, said] = [await counted(), rig.sidecar.said().length];
  other.link(false);
  try {
    await sleep(seconds * 1000);
    await until(() => lineOf(rig, said, line) !== '', 90, 'a word on it');
  } finally {
    other.link(true);
  }
  const ended = performance.now();
  const { well } = rig.fake.asked;
  await until(() => rig.fake.asked.well > well, 60, 'a good answer');
  const recovery = (performance.now() - ended) / 1000;
  await until(async () => (await rig.metric('presage_watch_up{watch="m"}')) === 1, 60, 'the watch to be up');
  return { counted: (await counted()) - before, line: lineOf(rig, said, line), recovery };
}

/**
 * Loses a fifth of the packets for so many seconds, and waits until the watch is up: by chance, or where this kernel has no netem in bursts,
 * a tenth of a second out of five. Gives which.
 */
export async function losePackets(rig: PolledRig, other: OtherHost, seconds: number): Promise<'by chance' | 'in bursts'> {
  const byChance = other.lose(20);
  if (byChance) {
    await sleep(seconds * 1000);
    other.lose(0);
  } else {
    for (const end = performance.now() + seconds * 1000; performance.now() < end; await sleep(400)) {
      other.link(false);
      await sleep(100);
      other.link(true);
    }
  }
  await until(async () => (await rig.metric('presage_watch_up{watch="m"}')) === 1, 60, 'the watch to be up');
  return byChance ? 'by chance' : 'in bursts';
}

function lineOf(rig: PolledRig, from: number, line: RegExp): string {
  return line.exec(rig.sidecar.said().slice(from))?.[0] ?? '';
}
