import { z } from 'zod';

const savedSchema = z.object({
  modelTopology: z.unknown(),
  weightsManifest: z.array(z.object({ paths: z.array(z.string()), weights: z.array(z.unknown()) })),
});

/** A saved layers model (`model.json` and its weight files), as TensorFlow.js takes it from memory. `read` checks the hash of each file. */
export function layersArtifacts(model: string, read: (name: string) => Buffer<ArrayBuffer>): object {
  const parsed = savedSchema.safeParse(JSON.parse(read(model).toString('utf8')));
  if (!parsed.success) throw new Error(`${model}: got something else, want the model.json of a saved layers model`);
  const { modelTopology, weightsManifest } = parsed.data;
  const folder = model.replace(/[^/]*$/, '');
  const weights = Buffer.concat(weightsManifest.flatMap(({ paths }) => paths.map((path) => read(folder + path))));
  return {
    modelTopology,
    weightSpecs: weightsManifest.flatMap((group) => group.weights),
    weightData: Uint8Array.from(weights).buffer,
  };
}
