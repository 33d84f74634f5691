import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';

/** The built page in memory: a path of the server to what stands there. */
export type PageFiles = ReadonlyMap<string, PageFile>;

interface PageFile {
  readonly type: string;
  /** The same content by its coding; `identity` always. */
  readonly bodies: Readonly<Partial<Record<Coding, Buffer>>>;
  /** Whether the name holds a hash of the content, so that it never changes. */
  readonly hashed: boolean;
}

type Coding = 'br' | 'gzip' | 'identity';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Nothing but what this server sends, and no script or style that stands in a page. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** Reads the folder that the build made; undefined where there is none. `index.html` stands at `/`. */
export function readPage(folder: URL): PageFiles | undefined {
  if (!existsSync(folder)) return undefined;
  const files = readdirSync(folder).filter((name) => types[extname(name)] !== undefined);
  return new Map(
    files.map((name) => {
      const read = (suffix: string) => {
        const url = new URL(name + suffix, folder);
        return existsSync(url) ? readFileSync(url) : undefined;
      };
      const [br, gzip] = [read('.br'), read('.gz')];
      const bodies = { identity: readFileSync(new URL(name, folder)), ...(br ? { br } : {}), ...(gzip ? { gzip } : {}) };
      const file = { type: types[extname(name)], bodies, hashed: /-[A-Z0-9]{8}\.\w+$/.test(name) };
      return [name === 'index.html' ? '/' : `/page/${name}`, file];
    }),
  );
}

/** Answers with a file of the page in the smallest coding that the browser takes. */
export function answerPage(file: PageFile, request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD', 'Content-Type': 'text/plain; charset=utf-8' }).end(`got ${request.method}, want GET\n`);
    return;
  }
  const coding = codingFor(file, request.headers['accept-encoding']);
  const body = file.bodies[coding] ?? Buffer.alloc(0);
  response.writeHead(200, {
    'Content-Type': file.type,
    'Content-Length': String(body.length),
    ...(coding === 'identity' ? {} : { 'Content-Encoding': coding }),
    Vary: 'Accept-Encoding',
    'Cache-Control': file.hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    'Content-Security-Policy': policy,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Names in Accept-Encoding whose weight is not 0 (RFC 9110, 12.5.3). */
function codingFor({ bodies }: PageFile, accepted: string | undefined): Coding {
  const taken = (accepted ?? '')
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => !/;\s*q=0(\.0*)?$/.test(part))
    .map((part) => part.split(';')[0].trim());
  return (['br', 'gzip'] as const).find((coding) => bodies[coding] && taken.includes(coding)) ?? 'identity';
}
