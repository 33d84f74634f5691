// The little of the optional packages that is used here, so that types need none of them installed.

declare module 'onnxruntime-web/wasm' {
  export const env: { readonly wasm: { numThreads: number }; logLevel: string };
  export class Tensor {
    constructor(type: 'float32', data: Float32Array, dims: readonly number[]);
    readonly type: string;
    readonly data: ArrayLike<number>;
    readonly dims: readonly number[];
  }
  export interface Session {
    readonly inputNames: readonly string[];
    readonly outputNames: readonly string[];
    run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
  }
  export const InferenceSession: {
    create(model: Uint8Array, options: { readonly executionProviders: readonly string[] }): Promise<Session>;
  };
}

/** What `@tensorflow/tfjs-node` and `@tensorflow/tfjs-core` have in common. */
declare module '@tensorflow/tfjs-core' {
  export interface Tensor {
    readonly shape: readonly number[];
    dataSync(): Float32Array;
    dispose(): void;
  }
  export interface Handler {
    readonly load?: () => Promise<object>;
  }
  export const io: { fromMemory(artifacts: object): Handler };
  export function tensor(values: Float32Array, shape: readonly number[]): Tensor;
  export function maximum(a: Tensor, b: Tensor): Tensor;
  export function sub(a: Tensor, b: Tensor): Tensor;
  export function mul(a: Tensor, b: Tensor): Tensor;
  export function mean(a: Tensor): Tensor;
  export function setBackend(name: string): Promise<boolean>;
  export function ready(): Promise<void>;
  export function tidy<T>(work: () => T): T;
  export const train: { adam(rate: number): object };
}

declare module '@tensorflow/tfjs-layers' {
  import type { Handler, Tensor } from '@tensorflow/tfjs-core';
  export interface LayersModel {
    readonly inputs: readonly { readonly shape: readonly (number | null)[] }[];
    predict(input: Tensor): Tensor | Tensor[];
    compile(options: { readonly optimizer: object; readonly loss: (target: Tensor, answer: Tensor) => Tensor }): void;
    trainOnBatch(input: Tensor, target: Tensor): Promise<number | number[]>;
    dispose(): object;
  }
  export function sequential(options: { readonly layers: readonly object[] }): LayersModel;
  export const layers: { lstm(options: object): object; dense(options: object): object };
  export const initializers: { glorotUniform(options: object): object };
  export function loadLayersModel(handler: Handler): Promise<LayersModel>;
}

declare module '@tensorflow/tfjs-backend-wasm' {
  export function setWasmPaths(folder: string): void;
}

declare module '@tensorflow/tfjs-node' {
  export * from '@tensorflow/tfjs-core';
  export * from '@tensorflow/tfjs-layers';
}
