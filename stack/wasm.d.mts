import type { Plugin } from 'esbuild';

export const wasmForEsbuild: Plugin;
export const wasmForVite: {
  readonly name: string;
  readonly enforce: 'pre';
  resolveId(id: string, importer: string | undefined): string | null;
  load(id: string): Promise<string | null>;
};
