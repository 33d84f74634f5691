import { defineConfig } from 'vitest/config';
import { wasmForVite } from './stack/wasm.mjs';

export default defineConfig({
  test: {
    reporters: ['default', './test/closing-line.reporter.ts'],
    projects: [
      {
        plugins: [wasmForVite],
        test: {
          name: 'unit',
          include: ['{service,exporter,ml-sidecar,page,stack,bench}/**/*.test.ts', 'test/contract/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**'],
          testTimeout: 20_000,
          expect: { poll: { timeout: 15_000 } },
          // It imports JSON as Node does not.
          server: { deps: { inline: ['@actions/workflow-parser'] } },
        },
      },
      {
        test: {
          name: 'panel',
          include: ['grafana-plugin/{src,host,dashboards}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**'],
          testTimeout: 30_000,
          expect: { poll: { timeout: 20_000 } },
          hookTimeout: 60_000,
        },
      },
      {
        plugins: [wasmForVite],
        test: {
          name: 'end-to-end',
          include: ['test/end-to-end/**/*.test.ts', 'test/faults/**/*.test.ts'],
          // They wait more than they work: three at a time, after all others.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          expect: { poll: { timeout: 60_000 } },
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
