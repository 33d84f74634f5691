import { compareSync } from 'bcryptjs';
import { parentPort } from 'node:worker_threads';

/** Compares passwords with bcrypt hashes, 50 to 200 ms each, away from the thread that answers requests. */
parentPort?.on('message', ({ id, password, hash }: { readonly id: number; readonly password: string; readonly hash: string }) => {
  parentPort?.postMessage({ id, matches: compareSync(password, hash) });
});
