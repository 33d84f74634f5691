import { labelText } from '@presage/service/exposition.ts';
import type { Logger } from '@presage/service/log.ts';
import type { Sink } from '../scrape/sink.ts';
import { Ending } from './ending.ts';
import { PROBE_FAMILIES } from './families.ts';
import type { Module, ProbeConfig, StaticProbe } from './modules.ts';
import { runProbe } from './probe.ts';
import type { Reading } from './readings.ts';

/** Probes the targets of the configuration again and again in the background; a scrape never waits for one. */
export interface StaticProbes {
  /** Writes what each target's last probe gave, with the labels probe, target and module. */
  write(sink: Sink): void;
  close(): void;
}

interface State {
  readonly labels: string;
  readings: readonly Reading[];
  /** Unix seconds of the last result; 0 before the first. */
  finished: number;
  /** Seconds on the clock of `due`, from which on it runs again. */
  next: number;
  running: boolean;
  /** Its target is no longer wanted, or nothing is: a result that still comes is not heard. */
  dropped: boolean;
}

const LAST_RUN = 'presage_probe_last_run_timestamp_seconds';
const LAST_RUN_HELP = 'When the last probe of a static target ended.';
const TICK_MILLISECONDS = 250;

/** Starts at once. `config` is asked again and again, so targets come and go as its file changes. */
export function startStaticProbes(config: () => ProbeConfig, log: Logger): StaticProbes {
  const states = new Map<string, State>();
  const underway = new Set<Ending>();
  const tick = () => {
    const { probes, modules } = config();
    const now = performance.now() / 1000;
    const wanted = new Set(probes.map(keyOf));
    for (const [key, state] of states) {
      if (wanted.has(key)) continue;
      state.dropped = true;
      states.delete(key);
    }
    for (const probe of probes) {
      const state = stateOf(states, probe);
      const module = modules.get(probe.module);
      if (state.running || now < state.next || module === undefined) continue;
      state.next = Math.max(state.next + probe.interval, now);
      const ending = new Ending();
      underway.add(ending);
      void run(probe, module, state, log, ending).finally(() => underway.delete(ending));
    }
  };
  tick();
  const timer = setInterval(tick, TICK_MILLISECONDS).unref();
  return {
    write: (sink) => {
      for (const state of states.values()) writeState(state, sink);
    },
    close: () => {
      clearInterval(timer);
      for (const state of states.values()) state.dropped = true;
      states.clear();
      for (const ending of underway) ending.end();
    },
  };
}

/** A changed target or module is another probe, and starts without a result. */
const keyOf = ({ name, target, module }: StaticProbe): string => JSON.stringify([name, target, module]);

function stateOf(states: Map<string, State>, probe: StaticProbe): State {
  const { name, target, module } = probe;
  const key = keyOf(probe);
  const known = states.get(key);
  if (known !== undefined) return known;
  const labels = labelText({ probe: name, target, module });
  const state: State = { labels, readings: [], finished: 0, next: performance.now() / 1000, running: false, dropped: false };
  states.set(key, state);
  return state;
}

async function run(probe: StaticProbe, module: Module, state: State, log: Logger, ending: Ending): Promise<void> {
  state.running = true;
  const timeout = module.timeout > 0 ? Math.min(module.timeout, probe.interval) : probe.interval;
  const { success, readings } = await runProbe({ target: probe.target, moduleName: probe.module, module, timeout, log, ending });
  if (!state.dropped) {
    const was = state.finished === 0 ? true : succeeded(state.readings);
    if (was !== success)
      log[success ? 'info' : 'warn'](success ? 'probe succeeds again' : 'probe fails', { probe: probe.name, target: probe.target });
    state.readings = readings.list();
    state.finished = Date.now() / 1000;
  }
  state.running = false;
}

const succeeded = (readings: readonly Reading[]): boolean => readings.find(({ name }) => name === 'probe_success')?.samples.get('') === 1;

function writeState({ labels, readings, finished }: State, sink: Sink): void {
  if (finished === 0) return;
  for (const { name, samples } of readings) {
    const family = sink.gauge(name, PROBE_FAMILIES[name]);
    for (const [own, value] of samples) family.add(value, own === '' ? labels : `${labels.slice(0, -1)},${own.slice(1)}`);
  }
  sink.gauge(LAST_RUN, LAST_RUN_HELP).add(finished, labels);
}
