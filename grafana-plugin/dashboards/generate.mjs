#!/usr/bin/env node
// Writes provisioning/grafana/dashboards/*.json out of the dashboards beside this file: `npm run dashboards` in grafana-plugin.
import { build } from 'esbuild';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const bundle = `${here}dist/index.mjs`;
const folder = fileURLToPath(new URL('../../provisioning/grafana/dashboards/', import.meta.url));

await build({ entryPoints: [`${here}index.ts`], outfile: bundle, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
const { dashboards, printed } = await import(bundle);
mkdirSync(folder, { recursive: true });
for (const [name, dashboard] of Object.entries(dashboards)) writeFileSync(`${folder}${name}.json`, printed(dashboard));
rmSync(`${here}dist`, { recursive: true });
