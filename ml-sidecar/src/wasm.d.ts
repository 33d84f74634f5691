/** A kernel that the build compiles from the AssemblyScript `NAME.as.ts` beside it: stack/wasm.mjs. */
declare module '*.wasm' {
  export const wasm: Uint8Array<ArrayBuffer>;
}

/** The little of WebAssembly that is used here: the types of Node 20 do not have it. */
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  const Module: new (bytes: Uint8Array<ArrayBuffer>) => Module;
  class Instance<Exports> {
    constructor(module: Module);
    readonly exports: Exports;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  interface Global {
    readonly value: number;
  }
}
