import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

// Parts of Node that take up to a megabyte each and that a service over plain HTTP may never need: loaded with their first use.

export const nodeChildProcess = (): typeof import('node:child_process') => require('node:child_process');
export const nodeCrypto = (): typeof import('node:crypto') => require('node:crypto');
export const nodeDns = (): typeof import('node:dns/promises') => require('node:dns/promises');
export const nodeHttp2 = (): typeof import('node:http2') => require('node:http2');
export const nodeTls = (): typeof import('node:tls') => require('node:tls');
export const nodeWorkerThreads = (): typeof import('node:worker_threads') => require('node:worker_threads');
