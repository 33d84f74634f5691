import { dirname } from 'node:path';
import { createRequire } from 'node:module';
import { causalViewOf } from '../forecasters/causal-view.ts';
import { ANSWER, INPUTS, LEADS, STEPS, WINDOW } from '../forecasters/lstm/sizes.ts';
import { layoutOf, writeRows, writeWindow } from '../forecasters/lstm/windows.ts';
import { alongPath } from '../forecasters/path.ts';
import { seededRandom } from '../stats/random.ts';
import { seasonsOf } from '../stats/seasons.ts';
import { originOf, type Series } from '../stats/series.ts';
import { SPREAD_LEVELS } from '../stats/spread.ts';
import { pretrained, readManifest, readModelFile } from './manifest.ts';
import { imported, MissingPackage, type PluginKind, type PluginModel } from './plugin.ts';
import { layersArtifacts } from './tensorflow-file.ts';

const native = ['@tensorflow/tfjs-node'];
const packages = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers', '@tensorflow/tfjs-backend-wasm'];

/**
 * TensorFlow.js. Without a file, an LSTM that is trained on each series alone, on the windows of our own `lstm`; with a manifest
 * (`manifest.ts`) a layers model that was trained elsewhere: input [1, context] or [1, context, 1], output levels × horizon numbers. Runs on
 * @tensorflow/tfjs-node where the user has installed that, else on WebAssembly. Slow: some seconds a series, which our own
 * `lstm` needs for a thousand.
 */
export const tensorflow: PluginKind = { name: 'tensorflow', file: 'optional', packages, load };

type Flow = Awaited<ReturnType<typeof flow>>;

/** Days of samples wanted before a window, for a profile worth its name. */
const DAYS = 3;
const HIDDEN = 16;
const BATCH = 32;
const BATCHES = 12;
const RATE = 0.01;

async function load(file: string): Promise<PluginModel> {
  const tf = await flow();
  if (file === '') return { minSamples: 96, forecast: (series, steps, levels) => forecastBy(tf, series, steps, levels) };
  const manifest = readManifest(file);
  const artifacts = layersArtifacts(manifest.model, (name) => readModelFile(file, manifest, name));
  const model = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
  const shape = model.inputs[0].shape.length === 3 ? [1, manifest.context, 1] : [1, manifest.context];
  return pretrained(manifest, async (context) =>
    tf.tidy(() => {
      const said = model.predict(tf.tensor(context, shape));
      return (Array.isArray(said) ? said[0] : said).dataSync();
    }),
  );
}

/** The native package where there is one, else the parts that run on WebAssembly. */
async function flow() {
  try {
    return await imported('tensorflow', native, () => import('@tensorflow/tfjs-node'));
  } catch (error) {
    if (!(error instanceof MissingPackage)) throw error;
  }
  const [core, layers, backend] = await imported('tensorflow', packages, () =>
    Promise.all([import('@tensorflow/tfjs-core'), import('@tensorflow/tfjs-layers'), import('@tensorflow/tfjs-backend-wasm')]),
  );
  backend.setWasmPaths(`${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  await core.setBackend('wasm');
  await core.ready();
  return { ...core, ...layers };
}

async function forecastBy(tf: Flow, series: Series, steps: number, levels: readonly number[]): Promise<readonly Float64Array[]> {
  const { step } = series;
  const { day } = seasonsOf(step);
  const layout = layoutOf(Math.max(1, day));
  const first = Math.max(DAYS * day, layout.reach);
  const origins = series.values.length - 1 - first;
  if (day === 0 || origins < BATCH)
    throw new RangeError(`tensorflow: got ${series.values.length} samples, want at least ${first + BATCH + 1}`);
  const view = causalViewOf(series, day);
  const random = seededRandom(1);
  const windows = new Float32Array((BATCH * BATCHES + 1) * WINDOW);
  for (let w = 0; w < BATCH * BATCHES; w++) writeWindow(view, layout, first + Math.floor(random() * origins), windows, w * WINDOW);
  const newest = BATCH * BATCHES * WINDOW;
  const standing = writeWindow(view, layout, view.count - 1, windows, newest);
  const rows = new Float64Array(SPREAD_LEVELS.length * layout.leads[LEADS - 1]);
  const answer = await trained(tf, windows, newest);
  writeRows(view, layout, view.count - 1, standing, answer, rows);
  const path = { start: originOf(series) + step, step, steps: layout.leads[LEADS - 1], rows, day };
  return alongPath(path).forecast(steps, levels).rows;
}

/** Trains on the windows before `newest` and says what the network then makes of that one: `answer[8 * lead + level]`. */
async function trained(tf: Flow, windows: Float32Array, newest: number): Promise<Float32Array> {
  const model = tf.sequential({
    layers: [
      tf.layers.lstm({
        units: HIDDEN,
        inputShape: [STEPS, INPUTS],
        kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }),
        recurrentInitializer: tf.initializers.glorotUniform({ seed: 2 }),
      }),
      tf.layers.dense({ units: ANSWER, kernelInitializer: tf.initializers.glorotUniform({ seed: 3 }) }),
    ],
  });
  const levels = tf.tensor(
    Float32Array.from({ length: ANSWER }, (_, i) => SPREAD_LEVELS[i % 8] ?? 0.5),
    [1, ANSWER],
  );
  const below = tf.tensor(
    Float32Array.from({ length: ANSWER }, (_, i) => (SPREAD_LEVELS[i % 8] ?? 0.5) - 1),
    [1, ANSWER],
  );
  try {
    model.compile({
      optimizer: tf.train.adam(RATE),
      loss: (target, said) => {
        const miss = tf.sub(target, said);
        return tf.mean(tf.maximum(tf.mul(miss, levels), tf.mul(miss, below)));
      },
    });
    for (let batch = 0; batch < BATCHES; batch++) {
      const [input, target] = batchOf(tf, windows, batch * BATCH);
      await model.trainOnBatch(input, target);
      input.dispose();
      target.dispose();
    }
    return tf.tidy(() => {
      const said = model.predict(tf.tensor(windows.slice(newest, newest + STEPS * INPUTS), [1, STEPS, INPUTS]));
      return (Array.isArray(said) ? said[0] : said).dataSync();
    });
  } finally {
    model.dispose();
    levels.dispose();
    below.dispose();
  }
}

/** Inputs and targets of a batch; a target that is not known is as usual, and each stands once for every level. */
function batchOf(tf: Flow, windows: Float32Array, first: number) {
  const inputs = new Float32Array(BATCH * STEPS * INPUTS);
  const targets = new Float32Array(BATCH * ANSWER);
  for (let w = 0; w < BATCH; w++) {
    const at = (first + w) * WINDOW;
    inputs.set(windows.subarray(at, at + STEPS * INPUTS), w * STEPS * INPUTS);
    for (let i = 0; i < ANSWER; i++) targets[w * ANSWER + i] = windows[at + WINDOW - LEADS + Math.floor(i / 8)] || 0;
  }
  return [tf.tensor(inputs, [BATCH, STEPS, INPUTS]), tf.tensor(targets, [BATCH, ANSWER])] as const;
}
