import { parentPort, workerData } from 'node:worker_threads';
import { plugins } from './index.ts';
import { runJob } from './job.ts';
import type { Answer, Question, WorkerData } from './messages.ts';
import { MissingPackage, type PluginModel } from './plugin.ts';

const { name, plugin, file, timeout }: WorkerData = workerData;
const say = (answer: Answer): void => parentPort?.postMessage(answer);
const clock = () => performance.now() / 1000;
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

try {
  const kind = plugins.find((one) => one.name === plugin);
  if (!kind) throw new Error(`plugin: got ${plugin}, want one of ${plugins.map((one) => one.name).join(', ')}`);
  const model = await kind.load(file);
  parentPort?.on('message', (question: Question) => void answer(model, question));
  say({ kind: 'ready' });
} catch (error) {
  say({ kind: 'unloadable', missing: error instanceof MissingPackage, text: textOf(error) });
}

async function answer(model: PluginModel, { job }: Question): Promise<void> {
  try {
    say({ kind: 'fit', fit: await runJob(name, model, job, timeout, clock) });
  } catch (error) {
    say({ kind: 'failed', text: textOf(error) });
  }
}
