/** Numbers of a state. */
export type Column = Float64Array | Float32Array | Uint8Array;

/** A part of a state as plain data: a header for JSON and columns of numbers. */
export interface Section {
  readonly header: unknown;
  readonly columns: readonly Column[];
}
