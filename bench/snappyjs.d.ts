/** snappyjs brings no types. */
declare module 'snappyjs' {
  export function uncompress(input: Uint8Array): Uint8Array;
}
