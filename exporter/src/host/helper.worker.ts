// The process that may hang so that the exporter does not. It does one thing at a time for each message, on libuv's threads,
// and ends with the exporter: by its signal, or when the channel to it closes.
import { open, readdir, statfs } from 'node:fs/promises';
import { callBus } from './message-bus.ts';
import { isRequest, type Reply, type Request } from './helper-protocol.ts';

const channel = process;

channel.on('disconnect', () => channel.exit(0));
channel.on('message', (message: unknown) => {
  if (isRequest(message)) void answer(message).then((reply) => channel.send?.(reply));
});

async function answer(request: Request): Promise<Reply> {
  try {
    return { id: request.id, ok: true, value: await perform(request) };
  } catch (error) {
    return { id: request.id, ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

async function perform(request: Request): Promise<unknown> {
  switch (request.operation) {
    case 'statfs': {
      const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(request.path);
      return { bsize, blocks, bfree, bavail, files, ffree };
    }
    case 'list':
      return (await readdir(request.path)).sort();
    case 'read':
      return await readText(request.path, request.most);
    case 'bus':
      return await callBus(request.path, request.calls);
    default:
      throw new Error('an operation of another version');
  }
}

/** Refuses what is larger than `most` bytes, so that nobody's log file ends up on the channel. */
async function readText(path: string, most: number): Promise<{ text: string; modified: number }> {
  const file = await open(path);
  try {
    const { size, mtimeMs } = await file.stat();
    if (size > most) throw new Error(`${path}: got ${size} bytes, want at most ${most}`);
    return { text: await file.readFile('utf8'), modified: mtimeMs / 1000 };
  } finally {
    await file.close();
  }
}
