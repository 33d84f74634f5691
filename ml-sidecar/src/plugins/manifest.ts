import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { alongPath } from '../forecasters/path.ts';
import { seasonsOf } from '../stats/seasons.ts';
import { originOf, type Series } from '../stats/series.ts';
import { SPREAD_LEVELS } from '../stats/spread.ts';
import { atLevels } from './levels.ts';
import type { PluginModel } from './plugin.ts';

/** Most values a model may look at or give: what a fat finger would make a gigabyte of. */
const MOST = 100_000;

const manifestSchema = z.strictObject({
  /** File of the model, seen from the manifest. */
  model: z.string().min(1),
  /** SHA-256 of each file of the model, in hexadecimal. */
  sha256: z.union([z.string(), z.record(z.string(), z.string())]),
  /** Values that it looks at, and steps that it forecasts. */
  context: z.int().min(1).max(MOST),
  horizon: z.int().min(1).max(MOST),
  levels: z.array(z.number().gt(0).lt(1)).min(2),
  /** What is done to a context before the model sees it, and undone to what it says. */
  normalisation: z.enum(['none', 'mean-std', 'mean-abs']).default('none'),
  /** What stands for a gap. */
  gaps: z.enum(['nan', 'last']).default('last'),
});

/** What a manifest says of a pretrained quantile model. */
export type Manifest = z.output<typeof manifestSchema>;

/** Reads a manifest; throws an Error with file, place, finding and wish. */
export function readManifest(file: string): Manifest {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file}: got ${error instanceof Error ? error.message : String(error)}, want a manifest in JSON`, { cause: error });
  }
  const parsed = manifestSchema.safeParse(content);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new Error(`${file}: ${path.join('.')}: ${message}`);
  }
  if (parsed.data.levels.some((level, i, levels) => i > 0 && level <= levels[i - 1]))
    throw new Error(`${file}: levels: want them ascending`);
  return parsed.data;
}

/** Reads a file of the model, which must have the hash that the manifest says. `name` as seen from the manifest. */
export function readModelFile(manifestFile: string, { sha256 }: Manifest, name: string): Buffer<ArrayBuffer> {
  const path = join(dirname(manifestFile), name);
  let bytes: Buffer<ArrayBuffer>;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new Error(`${path}: got ${error instanceof Error ? error.message : String(error)}, want the model that ${manifestFile} names`, {
      cause: error,
    });
  }
  const want = typeof sha256 === 'string' ? sha256 : sha256[name];
  const found = createHash('sha256').update(bytes).digest('hex');
  if (want === undefined) throw new Error(`${manifestFile}: sha256: got none for ${name}, want ${found} if it is to be trusted`);
  if (found !== want.toLowerCase()) throw new Error(`${path}: got SHA-256 ${found}, want ${want} as ${manifestFile} says: not loaded`);
  return bytes;
}

/** A model that gives quantiles `[level * horizon + h]` for a context; on its own scale, which the manifest tells. */
export function pretrained(manifest: Manifest, run: (context: Float32Array) => Promise<ArrayLike<number>>): PluginModel {
  const { context, horizon, levels } = manifest;
  return {
    minSamples: Math.max(2, Math.min(context, 48)),
    async forecast(series, steps, wanted) {
      const { values, centre, scale } = contextOf(series, manifest);
      const said = await run(values);
      if (said.length !== levels.length * horizon)
        throw new Error(`got ${said.length} numbers from the model, want ${levels.length} levels × ${horizon} steps as the manifest says`);
      const rows = levels.map((_, level) => Float64Array.from({ length: horizon }, (__, h) => centre + scale * said[level * horizon + h]));
      const path = Float64Array.from(atLevels(levels, rows, horizon, SPREAD_LEVELS).flatMap((row) => [...row]));
      const { step } = series;
      const start = originOf(series) + step;
      return alongPath({ start, step, steps: horizon, rows: path, day: Math.max(1, seasonsOf(step).day) }).forecast(steps, wanted).rows;
    },
  };
}

/** The newest values on the scale of the model; what lies before the series is a gap. */
function contextOf({ values }: Series, { context, normalisation, gaps }: Manifest) {
  const known = values.slice(-context).filter((value) => !Number.isNaN(value));
  if (known.length === 0) throw new RangeError(`got no value in the newest ${context}, want some`);
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const spread = (power: number) => (known.reduce((sum, value) => sum + Math.abs(value - mean) ** power, 0) / known.length) ** (1 / power);
  const centre = normalisation === 'none' ? 0 : mean;
  const scale = normalisation === 'none' ? 1 : spread(normalisation === 'mean-std' ? 2 : 1) || 1;
  const into = new Float32Array(context).fill(NaN);
  const offset = context - Math.min(context, values.length);
  for (let i = offset; i < context; i++) into[i] = (values[values.length - context + i] - centre) / scale;
  if (gaps === 'last') {
    let last = (known[0] - centre) / scale;
    for (let i = 0; i < context; i++) {
      if (Number.isNaN(into[i])) into[i] = last;
      else last = into[i];
    }
  }
  return { values: into, centre, scale };
}
