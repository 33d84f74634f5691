import { Counter, Histogram, type Registry } from 'prom-client';
import type { TakenUp } from '../storage/generations.ts';

/** What is counted of saved state. */
export interface StateMetrics {
  readonly saved: (watch: string, result: 'success' | 'failure', seconds: number) => void;
  /** What became of a saved state at the start; `watch` is empty where it is none of a single watch. */
  readonly restored: (state: 'watch' | 'hosts' | 'model', watch: string, result: TakenUp) => void;
}

/** Registers the metrics of saved state. */
export function createStateMetrics(registers: Registry[]): StateMetrics {
  const saves = new Counter({
    name: 'presage_state_saves_total',
    help: 'Times that the state of a watch was saved, by result.',
    labelNames: ['watch', 'result'],
    registers,
  });
  const saveSeconds = new Histogram({
    name: 'presage_state_save_duration_seconds',
    help: 'Time that saving took.',
    labelNames: ['watch'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  const restores = new Counter({
    name: 'presage_state_restores_total',
    help: 'Saved states asked for at the start, by which file was taken.',
    labelNames: ['state', 'watch', 'result'],
    registers,
  });
  return {
    saved: (watch, result, took) => {
      saves.inc({ watch, result });
      saveSeconds.observe({ watch }, took);
    },
    restored: (state, watch, result) => restores.inc({ state, ...(watch === '' ? {} : { watch }), result }),
  };
}
