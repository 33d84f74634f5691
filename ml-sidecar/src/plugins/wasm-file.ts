import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { imported } from './plugin.ts';

/** Bytes of the WebAssembly that stands beside a module of a package as `NAME_bg.wasm`. Throws a MissingPackage. */
export async function wasmBeside(plugin: string, packages: readonly string[], name: string): Promise<Uint8Array<ArrayBuffer>> {
  return imported(plugin, packages, async () => {
    const path = createRequire(import.meta.url).resolve(name);
    return Uint8Array.from(readFileSync(path.replace(/\.js$/, '_bg.wasm')));
  });
}
