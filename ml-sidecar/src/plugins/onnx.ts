import { pretrained, readManifest, readModelFile } from './manifest.ts';
import { imported, type PluginKind, type PluginModel } from './plugin.ts';

const packages = ['onnxruntime-web'];

/**
 * A pretrained quantile model in the ONNX format, named by a manifest (`manifest.ts`): its first input takes f32[1, context], its
 * first output gives f32[1, levels, horizon]. Runs by ONNX Runtime's WebAssembly, on one thread; the native runtime fetches
 * programs when it is installed, so it is not used.
 */
export const onnx: PluginKind = { name: 'onnx', file: 'needed', packages, load };

async function load(file: string): Promise<PluginModel> {
  const runtime = await imported('onnx', packages, () => import('onnxruntime-web/wasm'));
  const manifest = readManifest(file);
  const model = readModelFile(file, manifest, manifest.model);
  runtime.env.wasm.numThreads = 1;
  runtime.env.logLevel = 'fatal';
  const session = await runtime.InferenceSession.create(model, { executionProviders: ['wasm'] }).catch((error: unknown) => {
    throw new Error(`${manifest.model}: got ${error instanceof Error ? error.message : String(error)}, want an ONNX model`, {
      cause: error,
    });
  });
  const [input] = session.inputNames;
  const [output] = session.outputNames;
  return pretrained(manifest, async (context) => {
    const answer = await session.run({ [input]: new runtime.Tensor('float32', context, [1, context.length]) });
    return answer[output].data;
  });
}
