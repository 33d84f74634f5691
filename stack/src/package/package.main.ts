import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { packageAll, packagePlugin } from './package.ts';

const usage = `usage: node stack/dist/package.js [--out DIR] [--only plugin]

Makes what is handed out by itself, in DIR (dist): packages of npm, single executables for this processor, the panel's zip, bills of
materials and SHA256SUMS. npm run build must have run.`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { out: { type: 'string', default: 'dist' }, only: { type: 'string' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  if (values.only !== undefined && values.only !== 'plugin') throw new Error(`--only: got ${JSON.stringify(values.only)}, want plugin`);
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const folder = path.resolve(root, values.out);
  const say = (line: string): void => console.log(line);
  const node = { path: process.execPath, platform: process.platform, architecture: process.arch };
  if (values.only === 'plugin') packagePlugin(root, folder, say);
  else await packageAll(root, folder, node, say);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`package: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
