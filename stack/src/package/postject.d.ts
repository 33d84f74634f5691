declare module 'postject' {
  /** Writes a resource into a program's file. Rejects where the sentinel is not in it, or was used before. */
  export function inject(program: string, name: string, data: Buffer, options: { readonly sentinelFuse: string }): Promise<void>;
}
