import { type StartedProgram, until } from '../end-to-end/started-program.ts';
import type { Victim } from './killed-rig.ts';
import { metricOf } from './polled-rig.ts';

/** What a sidecar told of something that was killed. */
export interface KillTold {
  /** How much its metrics rose. */
  readonly counted: number;
  /** Its log lines: that the other one is away, and that it is back; or that it took up its own state. */
  readonly lines: readonly string[];
  /** Seconds from the start of the new process until it was at work. */
  readonly seconds: number;
}

type Told = Pick<KillTold, 'counted' | 'lines'>;

/** Metric and line of what a sidecar needs and does not find. */
const away = {
  prometheus: ['presage_query_retries_total', /.*level=warn.*Prometheus did not answer well and is asked again.*/],
  redis: ['presage_transport_errors_total{transport="redis"}', /.*level=warn.*queue cannot be read.*/],
} as const;

/** To be called before the kill; what it gives waits until the sidecar has told it. */
export async function toldAway(sidecar: StartedProgram, victim: Exclude<Victim, 'sidecar'>): Promise<() => Promise<Told>> {
  const [metric, line] = away[victim];
  const before = await metricOf(sidecar, metric);
  return async () => {
    await until(
      async () => (await metricOf(sidecar, metric)) > before && line.test(sidecar.said()),
      30,
      `${metric} and a line on ${victim}`,
    );
    return { counted: (await metricOf(sidecar, metric)) - before, lines: linesOf(sidecar, line) };
  };
}

/** What is told when the victim is there again: that its state was taken up, that the queue can be read; of Prometheus, that all is well. */
export async function toldBack(sidecar: StartedProgram, victim: Victim): Promise<Told> {
  if (victim === 'sidecar') {
    const taken = ['newest', 'previous'].map((result) =>
      metricOf(sidecar, `presage_state_restores_total{state="watch",watch="m",result="${result}"}`),
    );
    const [newest, previous] = await Promise.all(taken);
    return {
      counted: newest + previous,
      lines: linesOf(sidecar, /.*(state taken up|the state before the newest is taken up).* watch=m.*/),
    };
  }
  const up = victim === 'redis' ? 'presage_transport_up{transport="redis"}' : 'presage_watch_up{watch="m"}';
  const back = /.*level=info.*queue can be read again.*/;
  await until(
    async () => (await metricOf(sidecar, up)) === 1 && (victim === 'prometheus' || back.test(sidecar.said())),
    30,
    `${victim} is back`,
  );
  return { counted: 0, lines: victim === 'redis' ? linesOf(sidecar, back) : [] };
}

function linesOf(sidecar: StartedProgram, line: RegExp): readonly string[] {
  return line.exec(sidecar.said())?.slice(0, 1) ?? [];
}
