import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readGrid } from '../../ml-sidecar/src/app/history.ts';
import { shapeOf } from '../../ml-sidecar/src/app/shape.ts';
import { parseConfiguration } from '../../ml-sidecar/src/configuration/parse.ts';
import { detectors } from '../../ml-sidecar/src/detectors/index.ts';
import { forecasters } from '../../ml-sidecar/src/forecasters/index.ts';
import type { Incident } from '../../ml-sidecar/src/replay/incidents.ts';
import { replay, type ReplayResult } from '../../ml-sidecar/src/replay/replay.ts';
import { parseRuleFiles, type RuleSet } from '../../ml-sidecar/src/replay/rule-file.ts';
import { type Batch, createStore } from '../../ml-sidecar/src/replay/store.ts';
import { findBinaries } from '../../stack/src/binaries.ts';
import { describeMachine } from '../../stack/src/machine.ts';

/** A replay over values that a benchmark has at hand. */
export interface BenchReplay {
  /** For its data; made if need be, not removed. */
  readonly folder: string;
  /** YAML. */
  readonly configuration: string;
  readonly ruleSets: readonly RuleSet[];
  /** Unix seconds. */
  readonly from: number;
  readonly to: number;
  readonly incidents: readonly Incident[];
  /** Seconds between two evaluations of the rules. */
  readonly every: number;
  readonly fill: (batch: Batch) => void;
  readonly say: (line: string) => void;
}

/** Runs it in a Prometheus of its own. Limits that were passed are no incidents: the benchmark knows what happened. */
export async function runReplay(options: BenchReplay): Promise<ReplayResult> {
  const { folder, from, to, say } = options;
  const { platform, arch, env } = process;
  const machine = { platform, arch, env, userId: process.getuid?.(), temporaryFolder: tmpdir(), say };
  const { prometheus, promtool } = await findBinaries(describeMachine(machine));
  const parsed = parseConfiguration(options.configuration, {
    forecasters: forecasters.map(({ name }) => name),
    detectors: detectors.map(({ name }) => name),
  });
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const { configuration } = parsed;
  const sleep = (seconds: number): Promise<void> => setTimeout(seconds * 1000);
  const lookback = options.every + 1;
  const store = createStore({ folder, prometheus, promtool, environment: env, lookback, sleep, random: Math.random });
  try {
    const file = join(folder, 'values.openmetrics');
    const batch = store.batch(file);
    options.fill(batch);
    say(`${batch.close().toLocaleString('en')} samples`);
    await store.load([file]);
    return await replay({
      configuration,
      ruleSets: options.ruleSets,
      from,
      to,
      store,
      work: join(folder, 'work'),
      incidents: options.incidents,
      limitsCount: false,
      foresight: 86_400,
      readGrid: async (settings, first, last) => (await readGrid(store.client, settings, first, last)).matrix,
      shapeOf: (settings) => shapeOf(settings, configuration.gauges),
      pause: () => setImmediate(),
      clock: () => performance.now() / 1000,
      checkpoint: Infinity,
      progress: progressTo(say),
    });
  } finally {
    await store.stop();
  }
}

/** The rules that Presage ships for limits, anomalies and incidents. */
export function presageRules(): RuleSet {
  const rules = fileURLToPath(new URL('../../provisioning/prometheus/rules', import.meta.url));
  const own = readdirSync(rules).filter((file) => /^(limits|anomalies|incidents)\.yml$/.test(file));
  return parseRuleFiles(
    'presage',
    own.map((file) => ({ path: file, text: readFileSync(join(rules, file), 'utf8') })),
  );
}

/** Says each new thing that is done once. */
function progressTo(say: (line: string) => void): (what: string) => void {
  let last = '';
  return (what) => {
    if (what === last || what.startsWith('evaluating') || what.startsWith('recording')) return;
    last = what;
    say(what);
  };
}
