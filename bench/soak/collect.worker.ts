import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

// Loaded by `--import` into each thread of a process under watch: at SIGUSR2 all garbage is collected, and a line tells what is left.
setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');
if (typeof collect !== 'function') throw new Error('gc: not there');
const channel = new BroadcastChannel('presage-soak');
channel.unref();
if (isMainThread) {
  let done = 0;
  process.on('SIGUSR2', () => {
    channel.postMessage('collect');
    const started = performance.now();
    collect();
    const milliseconds = performance.now() - started;
    const { heapUsed } = process.memoryUsage();
    process.stderr.write(`${JSON.stringify({ collected: ++done, heapUsed, milliseconds })}\n`);
  });
} else {
  channel.addEventListener('message', () => collect());
}
