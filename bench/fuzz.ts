import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Bench, BenchRow } from './bench.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cases = 100_000;

/** The tests that take hostile input, by what they are fed. */
const targets: readonly { readonly what: string; readonly file: string }[] = [
  { what: 'configuration', file: 'ml-sidecar/src/configuration/fuzz.test.ts' },
  { what: 'exposition', file: 'exporter/src/collectors/textfile-format.fuzz.test.ts' },
  { what: 'remote write, remote read and answers of Prometheus', file: 'ml-sidecar/src/prometheus/fuzz.test.ts' },
  { what: 'API', file: 'ml-sidecar/src/serve/fuzz.test.ts' },
];

/** Every fuzz target with 100,000 cases of a seed that is printed: nothing may crash, hang or be taken for what it is not. */
export const fuzz: Bench = {
  name: 'fuzz',
  async run(say) {
    const rows: BenchRow[] = [];
    for (const { what, file } of targets) {
      const seed = Math.floor(Math.random() * 2 ** 31);
      say(`${what}: ${cases} cases, PRESAGE_FUZZ_SEED=${seed}`);
      const holds = await passes(file, seed);
      rows.push({
        what: `${what}, ${cases} cases of seed ${seed}`,
        wanted: 'no finding',
        measured: holds ? 'no finding' : 'a finding',
        holds,
      });
    }
    return rows;
  },
};

function passes(file: string, seed: number): Promise<boolean> {
  const run = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', file];
  const environment = { ...process.env, PRESAGE_FUZZ_CASES: String(cases), PRESAGE_FUZZ_SEED: String(seed) };
  const child = spawn(process.execPath, run, { cwd: root, env: environment, stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((resolve) => child.on('close', (code) => resolve(code === 0)));
}
