/**
 * Scratch memory of one kind of work, kept between calls so that a fit allocates nothing in proportion to its series.
 * `take` returns the same array again, grown where needed, with whatever it held: the taker fills it before it reads, and must
 * not keep it past its own call.
 */
export interface Workspace {
  take(length: number): Float64Array;
}

/** A workspace that holds nothing yet. */
export function createWorkspace(): Workspace {
  let memory = new Float64Array(0);
  return {
    take(length) {
      if (memory.length < length) memory = new Float64Array(Math.ceil(length * 1.25));
      return memory;
    },
  };
}
