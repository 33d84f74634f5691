import { deserialize, serialize } from 'node:v8';
import type { Fit, FitJob, FitOutcome } from '../fits/fit-job.ts';

/** A blob of another version, or of something else. */
export class FitBlobError extends Error {}

/** Before what V8 writes; the number is raised when what is inside changes. */
const magic = Buffer.from('PRESAGEFITS1');

/** Jobs as bytes. Structured clone: typed arrays stay what they are, and terms that jobs share are written once. */
export function jobsAsBlob(jobs: readonly FitJob[]): Buffer {
  return wrap('jobs', jobs);
}

/** What `jobsAsBlob` wrote. Throws a FitBlobError. */
export function jobsOfBlob(blob: Uint8Array): readonly FitJob[] {
  const jobs: readonly FitJob[] = unwrap('jobs', blob);
  return jobs;
}

/** Outcomes as bytes. */
export function outcomesAsBlob(outcomes: readonly FitOutcome[]): Buffer {
  return wrap('outcomes', outcomes);
}

/** What `outcomesAsBlob` wrote, one for each of `count` jobs. Throws a FitBlobError. */
export function outcomesOfBlob(blob: Uint8Array, count: number): readonly FitOutcome[] {
  const outcomes: readonly FitOutcome[] = unwrap('outcomes', blob);
  if (outcomes.length !== count) throw new FitBlobError(`outcomes: got ${outcomes.length}, want one for each of ${count} jobs`);
  return outcomes;
}

/** One fit as bytes. */
export function fitAsBlob(fit: Fit): Buffer {
  return wrap('fit', [fit]);
}

/** What `fitAsBlob` wrote. Throws a FitBlobError. */
export function fitOfBlob(blob: Uint8Array): Fit {
  const [fit]: readonly Fit[] = unwrap('fit', blob);
  return fit;
}

function wrap(kind: string, items: readonly unknown[]): Buffer {
  return Buffer.concat([magic, serialize({ kind, items })]);
}

function unwrap(kind: string, blob: Uint8Array) {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  const wish = `want ${kind} of this version of Presage and of Node`;
  if (!bytes.subarray(0, magic.length).equals(magic)) throw new FitBlobError(`blob: got something else, ${wish}`);
  let content;
  try {
    content = deserialize(bytes.subarray(magic.length));
  } catch (cause) {
    throw new FitBlobError(`blob: got what cannot be read, ${wish}`, { cause });
  }
  if (content?.kind !== kind || !Array.isArray(content.items)) throw new FitBlobError(`blob: got something else, ${wish}`);
  return content.items;
}
