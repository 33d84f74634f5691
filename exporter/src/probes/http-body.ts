import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { HttpModule } from './module-keys.ts';

/** A body as far as it could be read. */
export interface Body {
  /** Bytes after decompression. */
  readonly length: number;
  /** Empty unless it was asked for. */
  readonly text: string;
  /** Why the body is not whole. */
  readonly fault: unknown;
}

/** More than this is not kept for regular expressions, whatever the module allows: a probe may not eat the host's memory. */
const MOST_KEPT = 64 * 1024 * 1024;

/** Reads a body, keeping its text if `keep`: to its end, or until it breaks off, cannot be decompressed or exceeds the module's limit. */
export function readBody(body: Readable, settings: Pick<HttpModule, 'compression' | 'body_size_limit'>, keep: boolean): Promise<Body> {
  const limit = Math.min(settings.body_size_limit === 0 ? Infinity : settings.body_size_limit, keep ? MOST_KEPT : Infinity);
  const parts: Buffer[] = [];
  let length = 0;
  return new Promise((resolve) => {
    const finish = (fault: unknown) => resolve({ length, text: keep ? Buffer.concat(parts).toString('utf8') : '', fault });
    const source = decompressed(body, settings.compression);
    source.on('data', (part: Buffer) => {
      if (length + part.length <= limit) {
        length += part.length;
        if (keep) parts.push(part);
        return;
      }
      length = limit;
      finish(new Error(`the body has more than ${limit} bytes`));
      body.destroy();
    });
    source.once('end', () => finish(undefined));
    source.once('error', finish);
    source.once('close', () => finish(new Error('the body broke off')));
  });
}

function decompressed(body: Readable, compression: HttpModule['compression']): Readable {
  const transform = transformOf(compression);
  if (transform === undefined) return body;
  body.once('error', (error) => transform.destroy(error));
  return body.pipe(transform);
}

function transformOf(compression: HttpModule['compression']): Transform | undefined {
  if (compression === 'gzip') return createGunzip();
  if (compression === 'br') return createBrotliDecompress();
  return compression === 'deflate' ? createInflate() : undefined;
}
